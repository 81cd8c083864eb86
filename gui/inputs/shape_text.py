"""A shape as people write it: ``32x10``."""

from __future__ import annotations

import re

from engine.wire.problem import ProblemError

_SEPARATOR = re.compile(r"\s*[x×,*]\s*|\s+")


def format_shape(shape: tuple[int, ...]) -> str:
    """Return ``32x10``; a scalar is ``()``."""
    return "x".join(str(size) for size in shape) if shape else "()"


def parse_shape(text: str) -> tuple[int, ...]:
    """Read ``32x10``, ``32 × 10``, ``32, 10`` or ``(32, 10)``. Raises `ProblemError`."""
    inner = text.strip().removeprefix("(").removesuffix(")").strip().removesuffix(",")
    if not inner:
        if text.strip() == "()":
            return ()
        raise ProblemError("The shape is missing.", hint="Write sizes such as 32x10.")
    parts = _SEPARATOR.split(inner)
    if not all(part.isdecimal() for part in parts):
        raise ProblemError(f"“{text}” is not a shape.", hint="Write whole numbers with x between: 32x10.")
    return tuple(int(part) for part in parts)
