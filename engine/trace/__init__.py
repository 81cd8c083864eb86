"""WHAT came back: columns of events and steps, and the doors that lead into them."""
