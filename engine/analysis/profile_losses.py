"""Which losses a profile shows: from its events, and from what the profiler said of itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engine.analysis.launch_matches import LaunchMatches
from engine.analysis.loss import Loss, LossKind
from engine.trace.event_table import EventTable, Kind
from engine.trace.profiler_warnings import BUFFERS_FULL, DROPPED

# What kineto prints, from its sources (init.cpp, CuptiActivityApi.cpp); errors by their CUPTI names.
_WARNINGS = (
    (LossKind.PROFILING_DENIED, ("INSUFFICIENT_PRIVILEGES", "VIRTUALIZED_DEVICE")),
    (LossKind.OTHER_PROFILER, ("MULTIPLE_SUBSCRIBERS", "CUPTI_ERROR_HARDWARE_BUSY")),
    (LossKind.PROFILER_FAILED, ("CUPTI_ERROR", "CUPTI initialization failed")),
)


def device_losses(
    table: EventTable, matches: LaunchMatches, device: str, warnings: Sequence[str]
) -> Iterator[Loss]:
    """Yield what is missing of the device's records. ``device``: where the model ran, as torch names it."""
    empty = int(np.count_nonzero(table.is_device)) - matches.device_events
    if empty:
        yield Loss(kind=LossKind.EMPTY_DEVICE_RECORDS, count=empty)
    launches = len(matches.is_matched)
    if device == "mps":
        yield Loss(kind=LossKind.NOT_WATCHED)
    elif matches.device_events:
        yield from _launch_losses(table, matches)
    elif launches:
        yield _none_known(warnings) or Loss(kind=LossKind.NO_KERNEL_RECORDS, count=launches)
    elif device != "cpu" or empty:
        yield _none_known(warnings) or Loss(kind=LossKind.NO_DEVICE_RECORDS)


def _none_known(warnings: Sequence[str]) -> Loss | None:
    """Return the loss of all device records, if the profiler said why."""
    for kind, marks in _WARNINGS:
        for warning in warnings:
            if any(mark in warning for mark in marks):
                return Loss(kind=kind, detail=warning)
    return None


def _launch_losses(table: EventTable, matches: LaunchMatches) -> Iterator[Loss]:
    if not (table.kind == Kind.RUNTIME).any():
        if matches.kernels:
            yield Loss(kind=LossKind.NO_RUNTIME_RECORDS)
        return
    launches = len(matches.is_matched)
    # A loss in the midst makes those at the ends part of it: nobody loses from three causes at once.
    if matches.missing > matches.leading + matches.trailing:
        yield from _counted(LossKind.SCATTERED_KERNELS, matches.missing, launches)
    else:
        yield from _counted(LossKind.LEADING_KERNELS, matches.leading, launches)
        yield from _counted(LossKind.TRAILING_KERNELS, matches.trailing, launches)
    yield from _counted(LossKind.LAUNCHED_BEFORE, matches.early_kernels)
    yield from _counted(LossKind.LAUNCH_UNKNOWN, matches.stray_kernels)


def thread_losses(table: EventTable) -> Iterator[Loss]:
    """Yield the threads whose forward operators backward ones name, and that have no operator here."""
    is_op, is_backward = table.kind == Kind.OP, table.forward_thread > 0
    is_numbered = is_op & (table.sequence >= 0)
    named = np.unique(table.forward_thread[is_numbered & is_backward])
    if not len(named):
        return
    # An opened trace names threads only where it could tell them.
    seen = np.unique(table.thread[is_op & ~is_backward])
    if (seen > 0).any() or not (is_numbered & ~is_backward).any():
        yield from _counted(LossKind.THREADS_MISSING, int(np.count_nonzero(~np.isin(named, seen))))


def record_losses(dropped: int | None, out_of_range: int | None, warnings: Sequence[str]) -> Iterator[Loss]:
    """Yield what was lost between the profiler and here, and what lies outside of the window's time."""
    yield from _counted(LossKind.RECORDS_DROPPED, dropped or 0)
    yield from _counted(LossKind.OUT_OF_RANGE, out_of_range or 0)
    full = [warning for warning in warnings if BUFFERS_FULL in warning]
    if full:
        yield Loss(kind=LossKind.BUFFERS_FULL, detail=full[0])


def dropped_by_profiler(warnings: Sequence[str]) -> int:
    """Return how many records the profiler said that it dropped."""
    return sum(int(found[1]) for warning in warnings if (found := DROPPED.search(warning)))


def _counted(kind: LossKind, count: int, of: int | None = None) -> Iterator[Loss]:
    if count > 0:
        yield Loss(kind=kind, count=count, of=of)
