"""WHAT is kept: one SQLite file per run, and the exporters."""
