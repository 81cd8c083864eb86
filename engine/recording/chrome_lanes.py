"""Lanes: where rows of one track overlap without nesting, the later one moves to a lane of its own."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import EventTable

# Perfetto drops an "X" slice that overlaps another of its track without being inside it. Kernels of
# one stream do that by a few microseconds, and so do ranges around generators.


def lanes(table: EventTable) -> NDArray[np.int64]:
    """Return each row's lane, shape (N,): 0 is the track itself; within a lane, all rows nest."""
    result = np.zeros(len(table), np.int64)
    end_ns = np.maximum(table.end_ns, table.start_ns)
    # By track, then time; of two that start together, the longer is the outer one.
    order = np.lexsort((-end_ns, table.start_ns, table.track))
    for rows in np.split(order, np.flatnonzero(np.diff(table.track[order])) + 1):
        starts, ends = table.start_ns[rows], end_ns[rows]
        if len(rows) > 1 and np.any(starts[1:] < np.maximum.accumulate(ends)[:-1]):
            result[rows] = _lanes_of_track(starts.tolist(), ends.tolist())
    return result


def _lanes_of_track(starts: list[int], ends: list[int]) -> list[int]:
    """Give each slice the first lane in which it is inside whatever is open, or alone."""
    open_ends: list[list[int]] = [[]]
    chosen = []
    for start, end in zip(starts, ends, strict=True):
        for lane, stack in enumerate(open_ends):
            while stack and stack[-1] <= start:
                stack.pop()
            if not stack or end <= stack[-1]:
                stack.append(end)
                chosen.append(lane)
                break
        else:
            open_ends.append([end])
            chosen.append(len(open_ends) - 1)
    return chosen
