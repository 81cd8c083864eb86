"""Links of a Chrome trace: which threads the backward rows mean, and whether launch links hold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import EventTable, Kind

# Of the links that can be checked, fewer than this right ones means the ids are of another kind.
_BELIEVABLE_SHARE = 0.5


def link_rows(table: EventTable) -> EventTable:
    """Return the table with ``thread`` filled in, and without launch links that can't be."""
    return _with_threads(_with_true_links(table))


def _with_true_links(table: EventTable) -> EventTable:
    """Drop ``linked`` if it isn't the op's id: old versions of torch wrote the correlation there.

    A launch lies inside the op that made it, so a link to an op elsewhere is none.
    """
    launches = np.flatnonzero((table.kind == Kind.RUNTIME) & (table.linked != 0))
    has_id = (table.kind == Kind.OP) | (table.kind == Kind.ANNOTATION)
    ops = np.flatnonzero(has_id & (table.correlation != 0))
    if not len(launches) or not len(ops):
        return table
    op = _find(table.correlation[ops], table.linked[launches])
    found = op >= 0
    if found.any():
        launch, op = launches[found], ops[op[found]]
        inside = (
            (table.track[launch] == table.track[op])
            & (table.start_ns[launch] >= table.start_ns[op])
            & (table.start_ns[launch] <= table.end_ns[op])
        )
        if inside.sum() >= _BELIEVABLE_SHARE * len(launches):
            return table
    return table.with_columns(linked=np.zeros(len(table), np.int64))


def _with_threads(table: EventTable) -> EventTable:
    """Fill ``thread`` where the file doesn't say it: the rows name forward threads by another id.

    A forward thread is the CPU thread whose ops carry most of the sequence numbers that backward
    ops ascribe to it.
    """
    is_op = table.kind == Kind.OP
    backward = is_op & (table.forward_thread > 0) & (table.sequence >= 0)
    forward = is_op & (table.forward_thread == 0) & (table.sequence >= 0)
    if table.thread.any() or not backward.any():
        return table
    thread = table.thread.copy()
    taken: set[int] = set()
    for forward_thread in np.unique(table.forward_thread[backward]):
        wanted = np.unique(table.sequence[backward & (table.forward_thread == forward_thread)])
        matches = forward & np.isin(table.sequence, wanted)
        counts = np.bincount(table.track[matches], minlength=len(table.tracks))
        for track in np.argsort(counts)[::-1]:
            if counts[track] > 0 and int(track) not in taken:
                taken.add(int(track))
                thread[is_op & (table.track == track)] = forward_thread
                break
    return table.with_columns(thread=thread)


def _find(keys: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return for each wanted value the position of an equal key, or -1."""
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    return np.where(keys[order][at] == wanted, order[at], -1)
