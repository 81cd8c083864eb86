"""A run as the window sees it: engine events in batches, the latest summary, one ending."""
