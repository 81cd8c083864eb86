"""What ships with the application: example projects, and the layers they compare."""

from __future__ import annotations

from pathlib import Path

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
_FIRST_LAUNCH = "custom_vs_builtin_linear.json"


def example_projects() -> tuple[Path, ...]:
    """Return the example projects, the first-launch one first, the others by name."""
    others = sorted((RESOURCES / "examples").glob("*.json"))
    return (first_launch_project(), *(path for path in others if path.name != _FIRST_LAUNCH))


def first_launch_project() -> Path:
    """Return the project that a person sees first: a custom linear layer against the built-in one."""
    return RESOURCES / "examples" / _FIRST_LAUNCH


def is_shipped(path: Path) -> bool:
    """Whether a file belongs to the application. Such a project is saved as a copy, never over itself."""
    return path.resolve().is_relative_to(RESOURCES)
