"""Device ranges: each range of a thread, drawn over the kernels that were launched from inside it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import ABSENT, COLUMNS, EventTable, Kind

Rows = NDArray[np.int64]


def with_device_ranges(table: EventTable) -> EventTable:
    """Return an attributed table with a range on every stream that the kernels of a range ran on.

    They are annotations on streams (``gpu_user_annotation`` in a trace file), from the start of
    the first kernel to the end of the last; they repeat kernel time and come last. A table
    without parents is returned as it is.
    """
    ranges, events = _ranges_of_device_events(table)
    if not len(ranges):
        return table
    tracks = len(table.tracks)
    # One new row for each pair of range and stream.
    keys, of_pair = np.unique(ranges * tracks + table.track[events], return_inverse=True)
    start = np.full(len(keys), np.iinfo(np.int64).max)
    end = np.full(len(keys), np.iinfo(np.int64).min)
    np.minimum.at(start, of_pair, table.start_ns[events])
    np.maximum.at(end, of_pair, table.end_ns[events])
    row = keys // tracks
    # Of two with the same kernels the outer range comes first, so that the inner is drawn in it.
    order = np.lexsort((-table.duration_ns[row], table.start_ns[row]))
    return _with_rows(
        table,
        row[order],
        start_ns=start[order],
        duration_ns=(end - start)[order],
        track=(keys % tracks)[order],
    )


def _ranges_of_device_events(table: EventTable) -> tuple[Rows, Rows]:
    """Return rows of ranges and of device events inside them, pairwise: every range around each."""
    events = np.flatnonzero(table.is_device)
    caller = table.parent[events].astype(np.int64)
    ranges, inside = [], []
    while len(events := events[caller != ABSENT]):
        caller = caller[caller != ABSENT]
        is_range = table.kind[caller] == Kind.ANNOTATION
        ranges.append(caller[is_range])
        inside.append(events[is_range])
        caller = table.parent[caller].astype(np.int64)
    if not ranges:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    return np.concatenate(ranges), np.concatenate(inside)


def _with_rows(table: EventTable, rows: Rows, **changed: NDArray[Any]) -> EventTable:
    columns: dict[str, NDArray[Any]] = {}
    for name, dtype in COLUMNS.items():
        column = getattr(table, name)
        added = changed[name] if name in changed else column[rows]
        columns[name] = np.concatenate([column, added.astype(dtype)])
    return table.with_columns(**columns)
