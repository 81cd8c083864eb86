"""Flows: the arrows of a trace, from launches to kernels and from forward ops to backward ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import EventTable, Kind

Rows = NDArray[np.intp]


def launch_flows(table: EventTable) -> tuple[Rows, Rows]:
    """Return rows of runtime calls and of the device events they launched, pairwise.

    One call may have launched many (a replayed graph). Device events without a call are left out.
    """
    calls = np.flatnonzero((table.kind == Kind.RUNTIME) & (table.correlation != 0))
    events = np.flatnonzero(table.is_device & (table.correlation != 0))
    return _pairs(table.correlation[calls], calls, table.correlation[events], events)


def autograd_flows(table: EventTable) -> tuple[Rows, Rows]:
    """Return rows of forward ops and of the first backward op for each, pairwise.

    A forward op's parts share its sequence number; the flow starts at the outermost.
    """
    is_op = (table.kind == Kind.OP) & (table.sequence >= 0)
    forward = _earliest(table, np.flatnonzero(is_op & (table.forward_thread == 0)), table.thread)
    backward = _earliest(table, np.flatnonzero(is_op & (table.forward_thread > 0)), table.forward_thread)
    forward_keys = _key(table, forward, table.thread)
    return _pairs(forward_keys, forward, _key(table, backward, table.forward_thread), backward)


def _key(table: EventTable, rows: Rows, thread: NDArray[np.int16]) -> NDArray[np.int64]:
    return (thread[rows].astype(np.int64) << 32) | table.sequence[rows]


def _earliest(table: EventTable, rows: Rows, thread: NDArray[np.int16]) -> Rows:
    """Return one row for each thread and sequence number: the one that starts first."""
    rows = rows[np.argsort(table.start_ns[rows], kind="stable")]
    _, first = np.unique(_key(table, rows, thread), return_index=True)
    return rows[np.sort(first)]


def _pairs(
    keys: NDArray[np.int64], rows: Rows, wanted: NDArray[np.int64], wanting: Rows
) -> tuple[Rows, Rows]:
    if not len(keys) or not len(wanted):
        return rows[:0], wanting[:0]
    order = np.argsort(keys, kind="stable")
    at = np.minimum(np.searchsorted(keys[order], wanted), len(keys) - 1)
    found = keys[order][at] == wanted
    return rows[order[at[found]]], wanting[found]
