"""Which event encloses which: the call tree of every CPU thread, found from times alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import ABSENT, EventTable

Rows = NDArray[np.int64]


def enclosing_rows(table: EventTable) -> Rows:
    """Return, for each row, the innermost event open on the same thread when it started; -1 is none.

    Shape (N,). Rows on device streams get -1: what runs there is started from a thread, not by
    its neighbour. An event that starts inside another and outlives it counts as inside it.
    """
    parent = np.full(len(table), ABSENT, np.int64)
    on_thread = ~_is_stream(table)[table.track] if len(table) else np.zeros(0, np.bool_)
    rows = np.flatnonzero(on_thread)
    if not len(rows):
        return parent
    opens, closes = _interval_keys(table, rows)
    # Of two events that start together, the longer is the outer one.
    order = np.lexsort((-closes, opens))
    rows, opens, closes = rows[order], opens[order], closes[order]
    inner = _innermost_open(opens, closes)
    _repair_overlaps(inner, opens, closes, table.track[rows])
    inside = inner != ABSENT
    parent[rows[inside]] = rows[inner[inside]]
    return parent


def _is_stream(table: EventTable) -> NDArray[np.bool_]:
    return np.array([track.is_stream for track in table.tracks], np.bool_)


def _interval_keys(table: EventTable, rows: Rows) -> tuple[Rows, Rows]:
    """Return start and end on one axis on which every track has a stretch of its own.

    Times are doubled so that an event of no duration still closes after it opened.
    """
    start = (table.start_ns[rows] - table.start_ns[rows].min()) * 2
    end = start + np.maximum(table.duration_ns[rows] * 2, 1)
    stretch = int(end.max()) + 1
    offset = table.track[rows].astype(np.int64) * stretch
    return start + offset, end + offset


def _innermost_open(opens: Rows, closes: Rows) -> Rows:
    """Return positions of parents, given events in order of opening that nest properly."""
    count = len(opens)
    position = np.arange(count)
    depth = position - np.searchsorted(np.sort(closes), opens, side="right")
    # The parent is the last event one level up that opened earlier: with (depth, position) as
    # one sorted key, a single search finds it for all events at once.
    by_depth = np.argsort(depth.astype(np.int32), kind="stable")
    key = depth[by_depth] * count + by_depth
    found = np.searchsorted(key, (depth - 1) * count + position) - 1
    return np.where(depth > 0, by_depth[found], ABSENT)


def _repair_overlaps(inner: Rows, opens: Rows, closes: Rows, track: NDArray[np.int16]) -> None:
    """Redo, one event at a time, the tracks on which some event outlives the one it is in."""
    inside = np.flatnonzero(inner != ABSENT)
    improper = inside[closes[inside] > closes[inner[inside]]]
    for number in np.unique(track[improper]):
        positions = np.flatnonzero(track == number)
        inner[positions] = _walk(positions, opens[positions].tolist(), closes[positions].tolist())


def _walk(positions: Rows, opens: list[int], closes: list[int]) -> Rows:
    stack: list[int] = []
    parents = np.full(len(positions), ABSENT, np.int64)
    for index, start in enumerate(opens):
        while stack and closes[stack[-1]] <= start:
            stack.pop()
        if stack:
            parents[index] = positions[stack[-1]]
        stack.append(index)
    return parents
