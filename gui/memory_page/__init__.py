"""The Memory tab: the peak of a step by phase, layer and kind, and what is alive at it."""
