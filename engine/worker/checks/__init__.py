"""Checks of a layer: the mistakes that custom layers really have."""
