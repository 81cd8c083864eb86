"""Clocks that time steps: the monotonic clock on a CPU, device events elsewhere."""

from __future__ import annotations

import time
from typing import Any, Callable, NamedTuple, Sequence

import torch

from engine.worker.run.interruptions import Interruptions

NO_LIMIT = 2**62
# A step this much longer than usual may have been interrupted.
SLOW = 1.1
# Beside steps this long a look at the system's counters is free, so each of them gets its own.
LONG_NS = 1_000_000
# Unix time minus monotonic time, so that steps and the profiler's events share one axis.
_UNIX_OFFSET_NS = time.time_ns() - time.perf_counter_ns()


def unix_ns(monotonic_ns: int) -> int:
    """Convert a `time.perf_counter_ns` reading to Unix nanoseconds."""
    return monotonic_ns + _UNIX_OFFSET_NS


def enter_device(device: torch.device) -> None:
    """Make ``device`` torch's current one; does nothing for a kind that has only one.

    Streams, events and a layer's own ``device="cuda"`` mean the current device: without this, events
    for a step on ``cuda:1`` would time an idle ``cuda:0``.
    """
    if device.index is not None and device.type != "cpu":
        torch.get_device_module(device).set_device(device)


class TimedBlock(NamedTuple):
    """Steps in a row: starts (monotonic ns, host), durations (ns), and which of them were interrupted.

    ``interrupted`` holds positions in the block: slow steps during which the operating system took
    a thread of this process off its core.
    """

    starts_ns: Sequence[int]
    durations_ns: Sequence[int]
    interrupted: Sequence[int] = ()


class HostClock:
    """Times steps that are over when their call returns."""

    name = "monotonic clock"

    def time_block(
        self,
        step: Callable[[], object],
        prepare: Callable[[], object] | None,
        count: int,
        limit_ns: int = NO_LIMIT,
        usual_ns: int = NO_LIMIT,
    ) -> TimedBlock:
        """Run up to ``count`` steps and time them. ``usual_ns`` is what one of them takes.

        Ends early behind the step that passes ``limit_ns``: interrupted steps may take a thousand
        times the median, and a block must not take the run's whole time with it.
        """
        now = time.perf_counter_ns
        starts, durations, interrupted = [], [], []
        slow_ns = SLOW * usual_ns
        looks_each_time = prepare is not None or usual_ns > LONG_NS
        interruptions = Interruptions()
        deadline = now() + limit_ns
        for number in range(count):
            if prepare is not None:
                prepare()
            if looks_each_time:
                interruptions.since_last_look()
            begin = now()
            step()
            end = now()
            starts.append(begin)
            durations.append(end - begin)
            if end - begin > slow_ns and interruptions.since_last_look():
                interrupted.append(number)
            if end > deadline:
                break
        return TimedBlock(starts, durations, interrupted)

    def synchronize(self) -> None:
        """Nothing is ever outstanding on a CPU."""


class DeviceClock:
    """Times steps with a pair of events on the device's stream; synchronizes once a block.

    The host may run ahead of the device within a block, as it does in a real training loop.
    """

    name = "device events"

    def __init__(self, device: torch.device) -> None:
        self._module: Any = torch.get_device_module(device)
        self._device = device
        self._pairs: list[tuple[Any, Any]] = []

    def time_block(
        self,
        step: Callable[[], object],
        prepare: Callable[[], object] | None,
        count: int,
        limit_ns: int = NO_LIMIT,
        _usual_ns: int = NO_LIMIT,
    ) -> TimedBlock:
        """Run up to ``count`` steps and time them on the device.

        Ends early like `HostClock.time_block`, by the host's time. What ``prepare`` enqueues stands
        before the first event on the stream, so the device does it before the step's time begins.
        Whether the host was interrupted is not watched: the device goes on all the same.
        """
        enter_device(self._device)
        while len(self._pairs) < count:
            event = self._module.Event
            self._pairs.append((event(enable_timing=True), event(enable_timing=True)))
        starts = []
        deadline = time.perf_counter_ns() + limit_ns
        for first, last in self._pairs[:count]:
            if prepare is not None:
                prepare()
            starts.append(time.perf_counter_ns())
            first.record()
            step()
            last.record()
            if time.perf_counter_ns() > deadline:
                break
        self.synchronize()
        durations = [round(first.elapsed_time(last) * 1e6) for first, last in self._pairs[: len(starts)]]
        return TimedBlock(starts, durations)

    def synchronize(self) -> None:
        """Wait until the device has done all it was given."""
        if self._device.type == "mps":
            self._module.synchronize()
        else:
            self._module.synchronize(self._device)


Clock = HostClock | DeviceClock


def clock_for(device: torch.device) -> Clock:
    """Return the clock that is right for steps on ``device``."""
    return HostClock() if device.type == "cpu" else DeviceClock(device)
