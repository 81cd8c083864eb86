"""Find a command by typing; the cheat sheet of all hotkeys."""
