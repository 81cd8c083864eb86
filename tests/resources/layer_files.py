"""The Python files that ship with the application."""

from __future__ import annotations

from engine.experiment.shipped import RESOURCES

LAYER_FILES = tuple(sorted((RESOURCES / "layers").glob("*.py")))
