"""The form of the selected layer: its arguments, name and place in the model."""
