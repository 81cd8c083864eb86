"""WHAT it means: pure functions from tables to small result objects."""
