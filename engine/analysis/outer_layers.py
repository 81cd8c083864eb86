"""Which layer is around which, by their qualified names, and what layers have with those inside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar


class _Addable(Protocol):
    def __add__(self, other: Any, /) -> Any: ...


Amount = TypeVar("Amount", bound=_Addable)


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


def with_inner(own: Sequence[Amount], outer: Sequence[int | None], nothing: Amount) -> list[Amount]:
    """Add what each layer has of its own to all layers around it; ``outer`` as from `outer_layers`."""
    totals = list(own)
    for number, amount in enumerate(own):
        # Most layers of a large model have nothing of their own.
        around = outer[number] if amount != nothing else None
        while around is not None:
            totals[around] += amount
            around = outer[around]
    return totals
