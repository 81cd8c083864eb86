"""One profile window: hooks on, profiler on, a few steps, off, columns."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass
from typing import Any, Sequence

import torch
from torch.profiler import ProfilerActivity, profile

from engine.worker.run.clock import enter_device
from engine.worker.run.columns import StringTable, read_columns
from engine.worker.run.subject import Subject

# One more unrecorded step for each of these that the median step is shorter than.
LEAD_IN_BELOW_NS = (300_000, 300_000, 2_000_000)


@dataclass(frozen=True)
class WindowData:
    """A window as it goes to the app. Times are monotonic ns; ``durations_ns`` one per step."""

    starts_ns: list[int]
    durations_ns: list[int]
    begin_ns: int
    end_ns: int
    columns: dict[str, array[int]]
    tracks: list[tuple[int, int, int]]
    step_peak_bytes: int | None


def activities_for(device: torch.device) -> list[ProfilerActivity]:
    """Return what the profiler has to watch for steps on ``device``."""
    activities = [ProfilerActivity.CPU]
    # supported_activities() is what this build of torch can do, not what we wish for.
    supported = torch.profiler.supported_activities()  # type: ignore[no-untyped-call]
    accelerator = getattr(ProfilerActivity, device.type.upper(), None)
    if accelerator is not None and accelerator in supported and device.type != "cpu":
        activities.append(accelerator)
    return activities


def open_window(subject: Subject, steps: int, strings: StringTable, with_memory: bool = False) -> WindowData:
    """Profile ``steps`` steps of ``subject`` on this thread and read the events."""
    begin = time.perf_counter_ns()
    enter_device(subject.settings.device)
    if not subject.settings.compile:
        subject.ranges.install()
    activities = activities_for(subject.settings.device)
    profiler = profile(activities=activities, profile_memory=with_memory)
    starts, durations = [], []
    profiler.prepare_trace()
    _lead_in(subject)
    profiler.start_trace()
    try:
        for number in range(subject.steps_done, subject.steps_done + steps):
            if subject.prepare is not None:
                subject.prepare()
            starts.append(time.perf_counter_ns())
            subject.ranged_step(number)
            # Kernels are asynchronous: without this the next step absorbs their time.
            subject.clock.synchronize()
            durations.append(time.perf_counter_ns() - starts[-1])
    finally:
        profiler.stop_trace()
        subject.ranges.remove()
    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    has_ops_alone = activities == [ProfilerActivity.CPU] and not with_memory
    columns, tracks = read_columns(events, strings, has_ops_alone)
    peak = peak_allocated(events) if with_memory else None
    return WindowData(starts, durations, begin, time.perf_counter_ns(), columns, tracks, peak)


def _lead_in(subject: Subject) -> None:
    """Run short steps right before the profiler starts: it took 0.3 ms to prepare.

    By then torch's CPU threads sleep and caches are cold, so the first steps of a window would be
    up to 100 times slower than any bare one (on a busy machine), or twice (on an idle one).
    """
    for limit_ns in LEAD_IN_BELOW_NS:
        if subject.median_ns < limit_ns:
            if subject.prepare is not None:
                subject.prepare()
            subject.step()
    subject.clock.synchronize()


def peak_allocated(events: Sequence[Any]) -> int:
    """Return the most bytes that the window's own allocations held at any time.

    Counted from the allocator's events of the profile: the running sum of what was allocated and
    freed, from 0 at the window's start.
    """
    changes = [(e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]"]
    held = peak = 0
    for _, change in sorted(changes, key=lambda change: change[0]):
        held += change
        peak = max(peak, held)
    return peak
