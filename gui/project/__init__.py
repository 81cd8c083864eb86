"""What is being edited: the project, what is selected in it, and what a worker says about it."""
