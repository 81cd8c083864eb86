"""Custom code runs only from folders that the person trusted."""
