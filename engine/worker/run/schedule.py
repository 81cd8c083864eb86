"""The order in which the variants take turns."""

from __future__ import annotations

from typing import Iterator


def turns(count: int) -> Iterator[int]:
    """Yield variant indices forever: 0 1 1 0 0 1 1 0 …, for any number of variants.

    Going forth and back gives every variant the same mean position in time, so that a linear
    drift (a GPU that heats up, say) hits all alike.
    """
    while True:
        yield from range(count)
        yield from reversed(range(count))
