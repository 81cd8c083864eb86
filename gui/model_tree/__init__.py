"""The model trees: build a model by hand, see its shapes, its errors and, after a run, its cost."""
