"""What the application and a worker agree on. Standard library only, Python 3.10+.

Both sides of the pipe import this package, and it travels with the worker to
interpreters that have nothing but torch.
"""
