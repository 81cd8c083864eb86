"""The Checks page: what is wrong with the layers, and what would make them faster."""
