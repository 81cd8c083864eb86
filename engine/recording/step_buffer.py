"""StepBuffer: every step of a run in memory, growing while others read it."""

from __future__ import annotations

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace.step_table import STEP_COLUMNS, StepTable, step_table

_FIRST_CAPACITY = 1024


class StepBuffer:
    """Columns that grow by doubling. A snapshot is a view of what has arrived, never a copy.

    Rows below ``count`` are never written again, so an old snapshot stays true while the buffer
    grows. One writer, any number of readers.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._columns = _allocate(_FIRST_CAPACITY)
        self._snapshot = step_table()

    def __len__(self) -> int:
        return len(self._snapshot)

    def append(self, steps: StepTable) -> None:
        """Add rows at the end."""
        with self._lock:
            count = len(self._snapshot)
            end = count + len(steps)
            self._reserve(count, end)
            for name, column in self._columns.items():
                column[count:end] = getattr(steps, name)
            self._snapshot = StepTable(*(_frozen(column[:end]) for column in self._columns.values()))

    def snapshot(self) -> StepTable:
        """Return all rows so far as read-only views; the same object until more arrive."""
        return self._snapshot

    def _reserve(self, count: int, end: int) -> None:
        capacity = len(self._columns["step"])
        if end <= capacity:
            return
        larger = _allocate(max(end, 2 * capacity))
        for name, column in self._columns.items():
            larger[name][:count] = column[:count]
        self._columns = larger


def _allocate(capacity: int) -> dict[str, NDArray[Any]]:
    return {name: np.empty(capacity, dtype) for name, dtype in STEP_COLUMNS.items()}


def _frozen(view: NDArray[Any]) -> NDArray[Any]:
    view.flags.writeable = False
    return view
