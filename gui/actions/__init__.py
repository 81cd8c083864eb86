"""Every command the window has, by category."""
