"""From descriptions to modules: building, data passing, inputs, and failures told in plain words."""
