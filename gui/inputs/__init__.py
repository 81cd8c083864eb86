"""The inputs that all variants get."""
