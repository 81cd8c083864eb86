"""Which layer is around which, by their qualified names."""

from __future__ import annotations


def outer_layers(paths: tuple[str, ...]) -> tuple[int | None, ...]:
    """Return, for each path, the number of the nearest layer around it; None for the outermost."""
    numbers = {path: number for number, path in enumerate(paths)}

    def outer(path: str) -> int | None:
        while path:
            path = path.rpartition(".")[0]
            if path in numbers:
                return numbers[path]
        return None

    return tuple(outer(path) for path in paths)
