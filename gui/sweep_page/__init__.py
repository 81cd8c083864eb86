"""The Sweep page: one parameter, many values, and where one variant overtakes another."""
