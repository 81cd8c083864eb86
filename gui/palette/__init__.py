"""The palette: every layer that can be put into a model."""
