"""The wall time of profiled steps: from when to when each of them lasted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.coverage import Times
from engine.analysis.measured import device_rows
from engine.analysis.ranges import step_ranges
from engine.trace.event_table import ABSENT, EventTable, Kind

Rows = NDArray[np.int64]

_LONG_AGO, _EVER = np.iinfo(np.int64).min, np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class StepWalls:
    """Start and end of each step, shape (K,), in order and disjoint. ``thread`` is the track that ran them.

    ``is_named`` is False where no range names a step: then one stretch holds all events.
    """

    start_ns: Times
    end_ns: Times
    thread: int
    is_named: bool

    @property
    def wall_ns(self) -> int:
        """All steps together."""
        return int((self.end_ns - self.start_ns).sum())


def step_walls(table: EventTable, after_ns: int | None = None) -> StepWalls | None:
    """Return when the steps of an attributed table ran; None for a table without events.

    A step lasts from the start of its ``ProfilerStep#`` range to the end of the range, or of the last
    device event that it launched if that is later. Kernels of one step often run during the next: no
    step starts before the one before it is over (``after_ns``: that of an earlier table), nor before
    the device is done with what was launched before the first. So no time counts twice, and a step in
    a full queue is as long as it kept the device. PyTorch's TensorBoard plugin has these rules too.
    """
    ranges = step_ranges(table)
    if not len(ranges):
        return _whole(table)
    starts, host_ends = table.start_ns[ranges], table.end_ns[ranges]
    ends = host_ends.copy()
    device, begun = _device_events(table)
    place = np.searchsorted(starts, begun, side="right") - 1
    belongs = (place >= 0) & (begun <= host_ends[place])
    np.maximum.at(ends, place[belongs], table.end_ns[device[belongs]])
    first_own = table.start_ns[device[belongs]].min(initial=_EVER)
    earlier = table.end_ns[device[begun < starts[0]]]
    # What still runs beside the first step's own events, on another stream, does not hold it up.
    earlier_end = earlier[earlier <= first_own].max(initial=starts[0])
    first = max(earlier_end, starts[0] if after_ns is None else after_ns)
    before = np.maximum.accumulate(np.append(first, ends))
    starts, ends = np.maximum(starts, before[:-1]), before[1:]
    return StepWalls(starts, np.maximum(ends, starts), int(table.track[ranges[0]]), True)


def _device_events(table: EventTable) -> tuple[Rows, Times]:
    """Return the device events, and when the host began to launch each of them.

    Where the launch is not in the profile, the time that the event itself began stands in for it. If only
    those in front lack theirs, they were queued before the profiler began to record: long before.
    """
    device = device_rows(table)
    launcher = table.parent[device]
    is_known = launcher != ABSENT
    begun = table.start_ns[np.where(is_known, launcher, device)]
    in_front = table.start_ns[device[~is_known]].max(initial=_LONG_AGO)
    if is_known.any() and in_front < table.start_ns[device[is_known]].min():
        begun[~is_known] = _LONG_AGO
    return device, begun


def _whole(table: EventTable) -> StepWalls | None:
    # The profiler notes its own work before and after what it was asked to watch.
    rows = np.flatnonzero(table.kind != Kind.OVERHEAD)
    if not len(rows):
        return None
    start, end = table.start_ns[rows].min(), table.end_ns[rows].max()
    working = np.flatnonzero((table.kind == Kind.RUNTIME) | (table.kind == Kind.OP))
    counts = np.bincount(table.track[working], minlength=len(table.tracks))
    return StepWalls(np.array([start]), np.array([end]), int(np.argmax(counts)), False)
