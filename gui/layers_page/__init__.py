"""The Layers tab: what each layer costs, forward and backward."""
