"""The Live tab: what the run does now."""
