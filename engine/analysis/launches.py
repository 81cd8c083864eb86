"""Which op started what ran on the device."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import ABSENT, EventTable, Kind

Rows = NDArray[np.int64]

# The CUDA, HIP and Level Zero calls that start kernels or graphs of them.
_LAUNCHES = ("LaunchKernel", "GraphLaunch", "LaunchCooperative", "urEnqueueKernelLaunch")


def launching_rows(table: EventTable, enclosing: Rows) -> Rows:
    """Return each row's caller, shape (N,): the op that launched a device event, else ``enclosing``.

    A device event without a known op (a replayed graph) gets the runtime call with its
    correlation; a runtime call on no op's thread gets the op it is linked to.
    """
    parent = enclosing.copy()
    kind = table.kind
    device, runtime = np.flatnonzero(table.is_device), np.flatnonzero(kind == Kind.RUNTIME)
    if not len(device) and not len(runtime):
        return parent
    ops = np.flatnonzero((kind == Kind.OP) | (kind == Kind.ANNOTATION))
    alone = runtime[parent[runtime] == ABSENT]
    parent[alone] = rows_with(table, ops, table.linked[alone], alone)
    by_op = rows_with(table, ops, table.linked[device], device)
    by_call = rows_with(table, runtime, table.correlation[device], device)
    parent[device] = np.where(by_op != ABSENT, by_op, by_call)
    return parent


def launch_calls(table: EventTable, rows: Rows) -> Rows:
    """Return the runtime call that launched each of the given device events, shape (M,); -1 is unknown."""
    return rows_with(table, np.flatnonzero(table.kind == Kind.RUNTIME), table.correlation[rows], rows)


def kernel_launches(table: EventTable) -> Rows:
    """Return the calls that start kernels or graphs of them, but for those captured into a graph."""
    runtime = np.flatnonzero(table.kind == Kind.RUNTIME)
    if not len(runtime):
        return runtime
    by_name = np.array([any(mark in name for mark in _LAUNCHES) for name in table.names], np.bool_)
    calls = runtime[by_name[table.name[runtime]]]
    begins, ends = (_starts_of(table, runtime, mark) for mark in ("StreamBeginCapture", "StreamEndCapture"))
    if not len(begins):
        return calls
    start = table.start_ns[calls]
    is_captured = np.searchsorted(begins, start) > np.searchsorted(ends, start)
    return calls[~is_captured]


def _starts_of(table: EventTable, runtime: Rows, mark: str) -> Rows:
    by_name = np.array([mark in name for name in table.names], np.bool_)
    return np.sort(table.start_ns[runtime[by_name[table.name[runtime]]]])


def rows_with(table: EventTable, candidates: Rows, wanted: NDArray[np.int64], rows: Rows) -> Rows:
    """Return, per row, the candidate whose ``correlation`` is the wanted id; -1 for none and for id 0.

    Every profiler session counts from 1 again, so a file with several of them holds an id more than
    once: then the last to start before the row is the one.
    """
    if not len(candidates) or not len(rows):
        return np.full(len(rows), ABSENT, np.int64)
    order = candidates[np.argsort(table.correlation[candidates], kind="stable")]
    ids = table.correlation[order]
    if (ids[1:] == ids[:-1]).any():
        return _latest_rows_with(table, candidates, wanted, rows)
    place = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    found = (ids[place] == wanted) & (wanted > 0)
    return np.where(found, order[place], ABSENT)


def _latest_rows_with(table: EventTable, candidates: Rows, wanted: NDArray[np.int64], rows: Rows) -> Rows:
    # Sorted together by id, then by time, the candidate sought is the last one on the way to each row.
    everyone = np.concatenate((candidates, rows))
    ids = np.concatenate((table.correlation[candidates], wanted))
    is_asking = np.arange(len(everyone)) >= len(candidates)
    order = np.lexsort((is_asking, table.start_ns[everyone], ids))
    place = np.arange(len(everyone))
    latest = order[np.maximum.accumulate(np.where(is_asking[order], 0, place))]
    asking = order[is_asking[order]]
    answer = latest[is_asking[order]]
    found = (ids[answer] == ids[asking]) & (ids[asking] > 0) & ~is_asking[answer]
    result = np.full(len(rows), ABSENT, np.int64)
    result[asking - len(candidates)] = np.where(found, everyone[answer], ABSENT)
    return result
