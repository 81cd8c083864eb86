"""The source of the selected layer: custom files to edit, everything else to read."""
