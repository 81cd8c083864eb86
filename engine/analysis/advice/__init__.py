"""What is worth changing after a run, and how much time that would save. Pure functions."""
