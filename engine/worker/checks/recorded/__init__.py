"""What one step of a model did: every operator and every call, with the line that asked for it."""
