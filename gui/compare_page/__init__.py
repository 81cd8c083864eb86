"""The Compare page: how much faster or slower, whether it is the same work, and why."""
