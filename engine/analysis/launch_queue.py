"""How many kernels wait on the device at any time: whether the CPU keeps ahead of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.launches import launch_calls
from engine.analysis.measured import device_rows
from engine.analysis.results import QueueSummary
from engine.trace.event_table import ABSENT, EventTable

# A point each few pixels of a small chart.
_PARTS = 240
NO_PAIRS = "No kernel could be paired with its launch, so none is known to have waited."


@dataclass(frozen=True, slots=True, eq=False)
class LaunchQueue:
    """Kernels, copies and fills that were launched and had not begun, as a step function.

    ``length[i]`` of them waited from ``time_ns[i]`` (Unix time) to ``time_ns[i + 1]``; the last length is
    0; shape (T,) both. Only ``matched`` of the ``device_events`` could be paired with their launch.
    ``wait_ns`` is the sum of their waits: over ``span_ns`` that is the mean length.
    """

    time_ns: NDArray[np.int64]
    length: NDArray[np.int64]
    matched: int
    device_events: int
    wait_ns: int

    @property
    def span_ns(self) -> int:
        """Time from the first launch to the last beginning; 0 if there is no pair."""
        return int(self.time_ns[-1] - self.time_ns[0]) if len(self.time_ns) else 0

    @property
    def max_length(self) -> int:
        """The most that waited at one time."""
        return int(self.length.max()) if len(self.length) else 0

    @property
    def mean_length(self) -> float | None:
        """The mean over time; None if the pairs span no time."""
        return self.wait_ns / self.span_ns if self.span_ns else None

    def most_by_part(self, parts: int) -> tuple[int, ...]:
        """Return the most that waited in each of equal parts of the span; empty if that is no time."""
        if not self.span_ns:
            return ()
        edges = self.time_ns[0] + np.arange(parts) * self.span_ns // parts
        before = self.length[np.searchsorted(self.time_ns, edges, side="right") - 1]
        times = np.concatenate([edges, self.time_ns])
        # An edge stands before what happens at its time: both belong to the part that it begins.
        order = np.argsort(times, kind="stable")
        first = np.flatnonzero(order < parts)
        most = np.maximum.reduceat(np.concatenate([before, self.length])[order], first)
        return tuple(most.tolist())


def launch_queue(table: EventTable, tracks: Sequence[int] | None = None) -> LaunchQueue:
    """Return the queue of all streams together, or of those given by their numbers.

    An event enters when its launch call returns and leaves when it begins. One that begins before its
    call has returned did not wait, and a call that launched many (a graph) enters them all at once.
    """
    events = device_rows(table)
    if tracks is not None:
        events = events[np.isin(table.track[events], tracks)]
    calls = launch_calls(table, events)
    matched = calls != ABSENT
    begin = table.start_ns[events[matched]]
    enter = np.minimum(table.end_ns[calls[matched]], begin)
    time_ns, length = _steps(enter, begin)
    return LaunchQueue(time_ns, length, len(begin), len(events), int((begin - enter).sum()))


def _steps(enter: NDArray[np.int64], leave: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the times at which events enter or leave, each once, and how many are in from each on."""
    times = np.concatenate([enter, leave])
    changes = np.repeat(np.array([1, -1]), len(enter))
    order = np.argsort(times, kind="stable")
    times, inside = times[order], np.cumsum(changes[order])
    last = np.flatnonzero(np.diff(times, append=times[-1:] + 1))
    return times[last], inside[last]


class QueueTotals:
    """The queues of windows, one after another."""

    def __init__(self) -> None:
        self._wait_ns = self._span_ns = self._max_length = self._matched = self._device_events = 0
        self._newest: LaunchQueue | None = None

    def add(self, table: EventTable) -> None:
        """Add a window."""
        queue = launch_queue(table)
        self._wait_ns += queue.wait_ns
        self._span_ns += queue.span_ns
        self._max_length = max(self._max_length, queue.max_length)
        self._matched += queue.matched
        self._device_events += queue.device_events
        self._newest = queue if queue.matched else self._newest

    def summary(self) -> QueueSummary | None:
        """Return the mean over the windows' time and the most at any time; None without a pair."""
        if self._newest is None:
            return None
        return QueueSummary(
            mean_length=self._wait_ns / self._span_ns if self._span_ns else None,
            max_length=self._max_length,
            mean_wait_us=self._wait_ns / self._matched / 1e3,
            matched=self._matched,
            device_events=self._device_events,
            newest_lengths=self._newest.most_by_part(_PARTS),
            newest_us=self._newest.span_ns / 1e3,
        )
