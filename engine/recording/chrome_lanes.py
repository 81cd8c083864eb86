"""Lanes: where rows of one track overlap without nesting, the later one moves to a lane of its own."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import EventTable, Track

# Perfetto drops an "X" slice that overlaps another of its track without being inside it. Kernels of
# one stream do that by a few microseconds, and so do Python functions around generators.


@dataclass(slots=True)
class _Lane:
    """The ends of the slices that are still open, innermost last, and the latest start."""

    open_ends: list[int] = field(default_factory=list)
    latest_start: int = -(2**63)

    def takes(self, start: int, end: int) -> bool:
        """Add a slice if it is inside whatever is open, or alone."""
        # What began earlier than a slice already here might end inside of it.
        if start < self.latest_start:
            return False
        while self.open_ends and self.open_ends[-1] <= start:
            self.open_ends.pop()
        if self.open_ends and end > self.open_ends[-1]:
            return False
        self.open_ends.append(end)
        self.latest_start = start
        return True


class Lanes:
    """Gives rows their lanes, table after table: what is open in one may reach into the next."""

    def __init__(self) -> None:
        self._lanes: dict[Track, list[_Lane]] = {}

    def of(self, table: EventTable) -> NDArray[np.int64]:
        """Return each row's lane, shape (N,): 0 is the track itself; within a lane, all rows nest."""
        result = np.zeros(len(table), np.int64)
        if not len(table):
            return result
        end_ns = np.maximum(table.end_ns, table.start_ns)
        # By track, then time; of two that start together, the longer is the outer one.
        order = np.lexsort((-end_ns, table.start_ns, table.track))
        for rows in np.split(order, np.flatnonzero(np.diff(table.track[order])) + 1):
            known = self._lanes.setdefault(table.tracks[table.track[rows[0]]], [_Lane()])
            result[rows] = _lanes_of_track(known, table.start_ns[rows], end_ns[rows])
        return result


def _lanes_of_track(
    known: list[_Lane], starts: NDArray[np.int64], ends: NDArray[np.int64]
) -> list[int] | int:
    follow_each_other = not np.any(starts[1:] < np.maximum.accumulate(ends)[:-1])
    if follow_each_other and known[0].takes(int(starts[0]), int(ends[-1])):
        known[0].latest_start = int(starts[-1])
        return 0
    return [_lane_of_slice(known, *slice_) for slice_ in zip(starts.tolist(), ends.tolist(), strict=True)]


def _lane_of_slice(known: list[_Lane], start: int, end: int) -> int:
    for number, lane in enumerate(known):
        if lane.takes(start, end):
            return number
    known.append(_Lane())
    known[-1].takes(start, end)
    return len(known) - 1
