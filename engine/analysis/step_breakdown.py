"""Where the wall time of profiled steps went: every nanosecond belongs to exactly one part.

Where a device ran, its time comes first. Of several devices the busiest counts; its streams are taken
together, and where they overlap time counts once: as kernel, else as copy, else as fill. What is left is
the device's idle time, told apart by cause at every instant:

* *between kernels*: the call that launched some later event had already returned. Work was queued; the
  device took its time to start it, or a stream waited for another.
* *waiting for the host*: nothing was queued. What the thread that makes the next launch was doing
  then (where it has nothing open, the thread that runs the steps): profiler's or driver's own work, a
  call that waits for the device, another runtime call (the launch itself most of all), an operator, or
  else Python and whatever nobody recorded.
* *unknown*: the profile lacks the launch of the next event, and nothing that is known was queued.

On a CPU the same is asked of all threads together: operators, and Python and others between them.

The field's tools split idle time by whole gaps, at the event after it: Holistic Trace Analysis by whether the
launch call began after the gap did, or the gap is below 30 ns; PyTorch's TensorBoard plugin takes
runtime calls, data loading and operators off it. Splitting each gap at the instant of the launch's
return needs no threshold, and counts a late launch for what it delayed alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.coverage import Coverage, Times
from engine.analysis.host_activity import HostActivity
from engine.analysis.launches import launch_calls
from engine.analysis.measured import Basis, device_rows
from engine.analysis.results import CPU_PARTS, DEVICE_PARTS, BreakdownPart, StepBreakdown
from engine.analysis.step_walls import StepWalls
from engine.trace.event_table import ABSENT, EventTable, Kind

_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class BreakdownSums:
    """Parts of the wall time of ``steps`` steps, in whole ns; they sum to ``wall_ns`` exactly.

    ``parts_ns`` stand in the order of `DEVICE_PARTS` or `CPU_PARTS`, by ``basis``. ``device`` is the
    index of the device they are of, -1 on a CPU; ``devices`` is how many had events.
    """

    basis: Basis
    steps: int
    wall_ns: int
    parts_ns: Times
    device: int = ABSENT
    devices: int = 0

    def __add__(self, other: BreakdownSums) -> BreakdownSums:
        """Add the steps of another table of the same basis."""
        return BreakdownSums(
            self.basis,
            self.steps + other.steps,
            self.wall_ns + other.wall_ns,
            self.parts_ns + other.parts_ns,
            other.device,
            max(self.devices, other.devices),
        )

    def mean(self, reason: str = "") -> StepBreakdown:
        """Return the mean step; ``reason`` says why a device's parts are not known."""
        names = DEVICE_PARTS if self.basis == "device" else CPU_PARTS
        parts_us = (self.parts_ns / 1e3 / self.steps).tolist()
        return StepBreakdown(
            basis=self.basis,
            steps=self.steps,
            wall_us=self.wall_ns / 1e3 / self.steps,
            parts=tuple(BreakdownPart(name, us) for name, us in zip(names, parts_us, strict=True)),
            device=None if self.device == ABSENT else self.device,
            devices=self.devices,
            reason=reason,
        )


def break_down(table: EventTable, walls: StepWalls, steps: int) -> BreakdownSums:
    """Split the wall time of the ``steps`` steps that ``walls`` holds; needs an attributed table."""
    activity = HostActivity(table)
    device = device_rows(table)
    if not len(device):
        parts = activity.split(walls.start_ns, walls.end_ns)
        return BreakdownSums("cpu", steps, walls.wall_ns, parts)
    busiest, count, rows = _busiest_device(table, device)
    busy, idle = _busy_and_idle(table, rows, walls)
    return BreakdownSums(
        "device", steps, walls.wall_ns, np.append(busy, idle.split(activity)), busiest, count
    )


def _busiest_device(table: EventTable, rows: NDArray[np.int64]) -> tuple[int, int, NDArray[np.int64]]:
    """Return the device with the longest events together, how many devices there are, and its rows."""
    of_track = np.array([track.device for track in table.tracks])
    numbers, place = np.unique(of_track[table.track[rows]], return_inverse=True)
    if len(numbers) == 1:
        return int(numbers[0]), 1, rows
    sums = np.bincount(place, weights=table.duration_ns[rows])
    busiest = int(np.argmax(sums))
    return int(numbers[busiest]), len(numbers), rows[place == busiest]


def _busy_and_idle(table: EventTable, rows: NDArray[np.int64], walls: StepWalls) -> tuple[Times, _IdleTime]:
    rows = rows[np.argsort(table.start_ns[rows], kind="stable")]
    start, end, kind = table.start_ns[rows], table.end_ns[rows], table.kind[rows]
    covered = []
    for last in (Kind.KERNEL, Kind.MEMCPY, Kind.MEMSET):
        # A kind covers what those before it left: Kind orders them as they take precedence.
        counts = kind <= last
        coverage = Coverage.of(start[counts], end[counts])
        covered.append(int(coverage.within(walls.start_ns, walls.end_ns).sum()))
    # Time outside the steps closes the first gap and the last, and those between two steps.
    outside_start = np.append(min(start[0], walls.start_ns[0]) - 1, walls.end_ns)
    outside_end = np.append(walls.start_ns, max(end.max(), walls.end_ns[-1]) + 1)
    taken = Coverage.of(np.append(start, outside_start), np.append(end, outside_end))
    return np.diff(covered, prepend=0), _IdleTime(table, rows, taken.gaps(), walls.thread)


class _IdleTime:
    """Gaps of one device, and until when in each nothing was queued."""

    def __init__(
        self, table: EventTable, rows: NDArray[np.int64], gaps: tuple[Times, Times], thread: int
    ) -> None:
        self._start, self._end = gaps
        call = launch_calls(table, rows)
        self._thread_of_steps = thread
        # Of all that comes after each event, itself included: the launch that returns first.
        returned = np.append(np.where(call == ABSENT, _NEVER, table.end_ns[call]), _NEVER)
        earliest = np.minimum.accumulate(returned[::-1])[::-1]
        place = np.where(returned == earliest, np.arange(len(returned)), len(rows))
        first = np.minimum.accumulate(place[::-1])[::-1]
        after = np.searchsorted(table.start_ns[rows], self._end, side="left")
        self._queued = np.clip(earliest[after], self._start, self._end)
        # Beyond the last event nothing was launched, as far as anybody knows: that is the host's doing.
        self._is_known = np.append(call != ABSENT, True)[after]
        launching = np.append(np.where(call == ABSENT, thread, table.track[call]), thread)
        self._thread = launching[first[after]]

    def split(self, activity: HostActivity) -> Times:
        """Return ns between kernels, by the host's activity, and unknown; shape (7,)."""
        between = int((self._end - self._queued).sum())
        unknown = int((self._queued - self._start)[~self._is_known].sum())
        waiting = self._is_known & (self._queued > self._start)
        host = activity.split(self._start[:0], self._end[:0])
        for thread in np.unique(self._thread[waiting]).tolist():
            here = waiting & (self._thread == thread)
            threads = dict.fromkeys((thread, self._thread_of_steps))
            host += activity.split(self._start[here], self._queued[here], tuple(threads))
        return np.concatenate(([between], host, [unknown]))
