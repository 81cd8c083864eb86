"""The window: it wires, and computes nothing."""
