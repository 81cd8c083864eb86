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
    parent[alone] = _rows_with(table.correlation, ops, table.linked[alone])
    by_op = _rows_with(table.correlation, ops, table.linked[device])
    by_call = _rows_with(table.correlation, runtime, table.correlation[device])
    parent[device] = np.where(by_op != ABSENT, by_op, by_call)
    return parent


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
    launched = _rows_with(table.correlation, launches, table.correlation[kernels])
    answered = np.unique(table.correlation[kernels])
    return Completeness(
        events=len(table),
        launches=len(launches),
        kernels=len(kernels),
        kernels_matched=int(np.count_nonzero(launched != ABSENT)),
        launches_matched=int(np.isin(table.correlation[launches], answered).sum()),
    )


def _is_launch(names: tuple[str, ...]) -> NDArray[np.bool_]:
    """True for the CUDA, HIP and Level Zero calls that start kernels or graphs of them."""
    marks = ("LaunchKernel", "GraphLaunch", "LaunchCooperative", "urEnqueueKernelLaunch")
    return np.array([any(mark in name for mark in marks) for name in names], np.bool_)


def _rows_with(column: NDArray[np.int64], candidates: Rows, wanted: NDArray[np.int64]) -> Rows:
    """Return, per wanted id, the candidate row that carries it in ``column``; -1 for none and for id 0."""
    if not len(candidates) or not len(wanted):
        return np.full(len(wanted), ABSENT, np.int64)
    order = candidates[np.argsort(column[candidates], kind="stable")]
    ids = column[order]
    # The last of equal ids: the innermost, if an op and its range share one.
    place = np.maximum(np.searchsorted(ids, wanted, side="right") - 1, 0)
    found = (ids[place] == wanted) & (wanted > 0)
    return np.where(found, order[place], ABSENT)
