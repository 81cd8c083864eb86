"""Two variants side by side: how much faster, is it the same work, and why."""
