"""Which op started what ran on the device."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.analysis.results import Completeness
from engine.trace.event_table import ABSENT, EventTable, Kind

Rows = NDArray[np.int64]

NO_DEVICE = "Nothing ran on a device: the operators were timed on the CPU."
NO_LAUNCHES = "The profile holds no runtime calls, so launches can't be counted against kernels."


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
    parent[alone] = _rows_with(table, ops, table.linked[alone], alone)
    by_op = _rows_with(table, ops, table.linked[device], device)
    by_call = _rows_with(table, runtime, table.correlation[device], device)
    parent[device] = np.where(by_op != ABSENT, by_op, by_call)
    return parent


def launching_calls(table: EventTable, events: Rows) -> Rows:
    """Return the runtime call that launched each of the given device events, -1 if it isn't known."""
    calls = np.flatnonzero(table.kind == Kind.RUNTIME)
    return _rows_with(table, calls, table.correlation[events], events)


def completeness(table: EventTable) -> Completeness:
    """Count the launches that a profile saw, and how many of them left a kernel in it."""
    kernels = np.flatnonzero(table.kind == Kind.KERNEL)
    launches = np.flatnonzero((table.kind == Kind.RUNTIME) & _is_launch(table.names)[table.name])
    if not len(launches):
        reason = NO_LAUNCHES if table.is_device.any() else NO_DEVICE
        count = len(kernels) if len(kernels) else None
        return Completeness(
            events=len(table), launches=None, kernels=count, kernels_matched=None, reason=reason
        )
    launched = _rows_with(table, launches, table.correlation[kernels], kernels)
    # One launch may be recorded twice, by the runtime and by the driver beneath it.
    launched_ids = np.unique(table.correlation[launches])
    return Completeness(
        events=len(table),
        launches=len(launched_ids),
        kernels=len(kernels),
        kernels_matched=int(np.count_nonzero(launched != ABSENT)),
        launches_matched=int(np.isin(launched_ids, table.correlation[kernels]).sum()),
    )


def _is_launch(names: tuple[str, ...]) -> NDArray[np.bool_]:
    """True for the CUDA, HIP and Level Zero calls that start kernels or graphs of them."""
    marks = ("LaunchKernel", "GraphLaunch", "LaunchCooperative", "urEnqueueKernelLaunch")
    return np.array([any(mark in name for mark in marks) for name in names], np.bool_)


def _rows_with(table: EventTable, candidates: Rows, wanted: NDArray[np.int64], rows: Rows) -> Rows:
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
