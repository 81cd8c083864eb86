"""GrowingList: items that only ever arrive, read as tuples."""

from __future__ import annotations

from typing import Generic, TypeVar

Item = TypeVar("Item")


class GrowingList(Generic[Item]):
    """One writer appends; any thread reads a snapshot, the same tuple until more arrive."""

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._snapshot: tuple[Item, ...] = ()

    def append(self, item: Item) -> None:
        """Add one item at the end."""
        self._items.append(item)

    def snapshot(self) -> tuple[Item, ...]:
        """Return all items so far."""
        snapshot = self._snapshot
        if len(snapshot) != len(self._items):
            # Threads may both get here; each makes a true tuple, and the last one is kept.
            snapshot = self._snapshot = tuple(self._items)
        return snapshot
