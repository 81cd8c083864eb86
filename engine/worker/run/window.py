"""One profile window: hooks on, profiler on, a few steps, off, columns."""

from __future__ import annotations

import time
from array import array
from dataclasses import dataclass
from typing import Any, Sequence

import torch
from torch._C._profiler import _ExperimentalConfig
from torch.profiler import ProfilerActivity, profile

from engine.wire.kinds import STEP_PREFIX
from engine.worker.run.allocations import Allocation, read_allocations
from engine.worker.run.between_steps import without_between
from engine.worker.run.clock import TimedBlock, enter_device
from engine.worker.run.columns import StringTable, read_columns
from engine.worker.run.device_details import read_device_details
from engine.worker.run.held import Held, held_blocks
from engine.worker.run.subject import Subject

# One more unrecorded step for each of these that a step takes less than, what is between steps included.
LEAD_IN_BELOW_NS = (300_000, 300_000, 2_000_000)


@dataclass(frozen=True)
class WindowMemory:
    """What a window allocated and freed, and what its subject held right before and right behind it."""

    allocations: list[Allocation]
    held_before: list[Held]
    held_after: list[Held]


@dataclass(frozen=True)
class WindowData:
    """A window as it goes to the app. Times are monotonic ns; ``durations_ns`` one per step.

    ``columns`` are those of its events and, of another length, of launches; ``details_unavailable``
    says why there are none of these, if a device ran.
    ``records``: how many events the profiler had. The columns leave some out, those between steps too.
    ``activities``: what it was to watch.
    """

    starts_ns: Sequence[int]
    durations_ns: Sequence[int]
    begin_ns: int
    end_ns: int
    columns: dict[str, array[Any]]
    tracks: list[tuple[int, int, int]]
    details_unavailable: str
    memory: WindowMemory | None
    records: int
    activities: list[str]


def activities_for(device: torch.device) -> list[ProfilerActivity]:
    """Return what the profiler has to watch for steps on ``device``."""
    activities = [ProfilerActivity.CPU]
    # supported_activities() is what this build of torch can do, not what we wish for.
    supported = torch.profiler.supported_activities()  # type: ignore[no-untyped-call]
    accelerator = getattr(ProfilerActivity, device.type.upper(), None)
    if accelerator is not None and accelerator in supported and device.type != "cpu":
        activities.append(accelerator)
    return activities


def on_all_threads() -> _ExperimentalConfig | None:
    """Ask for the ops of threads that layers start as well; a torch that can't sees one thread."""
    try:
        return _ExperimentalConfig(profile_all_threads=True)
    except TypeError:
        return None


def open_window(subject: Subject, steps: int, strings: StringTable, with_memory: bool = False) -> WindowData:
    """Profile ``steps`` steps of ``subject`` on this thread and read the events.

    ``with_memory`` adds the allocator's events of one step; ``steps`` must be 1 then.
    """
    begin = time.perf_counter_ns()
    device = subject.settings.device
    enter_device(device)
    activities = activities_for(device)
    profiler = profile(
        activities=activities,
        profile_memory=with_memory,
        # A profile of all threads has no allocations (seen with torch 2.13).
        experimental_config=None if with_memory else on_all_threads(),
    )
    taken, held_before = _profile_steps(profiler, subject, steps, with_memory)
    results: Any = profiler.profiler.kineto_results  # type: ignore[union-attr]
    events = results.events()
    records = len(events)
    if subject.between.runs_operators:
        events = without_between(events)
    has_ops_alone = activities == [ProfilerActivity.CPU] and not with_memory
    columns, tracks = read_columns(events, strings, has_ops_alone)
    details, unavailable = read_device_details(events, columns["kind"])
    memory = None
    if with_memory:
        allocations = read_allocations(results, device, _step_begin_ns(results, subject.steps_done))
        memory = WindowMemory(allocations, held_before, held_blocks(subject))
    return WindowData(
        starts_ns=taken.starts_ns,
        durations_ns=taken.durations_ns,
        begin_ns=begin,
        end_ns=time.perf_counter_ns(),
        columns={**columns, **details},
        tracks=tracks,
        details_unavailable=unavailable,
        memory=memory,
        records=records,
        activities=[activity.name for activity in activities],
    )


def _profile_steps(
    profiler: profile, subject: Subject, steps: int, with_memory: bool
) -> tuple[TimedBlock, list[Held]]:
    """Return the times of the steps, and with memory what the subject held before the only one."""
    if not subject.settings.compile:
        subject.ranges.install()
    starts, durations = [], []
    held: list[Held] = []
    profiler.prepare_trace()
    _lead_in(subject)
    profiler.start_trace()
    try:
        if with_memory:
            # torch says that memory was freed only if it saw it allocated: here is the step before.
            subject.prepared_step()
        for number in range(subject.steps_done, subject.steps_done + steps):
            subject.between.in_window(subject.clock.synchronize)
            if with_memory:
                held = held_blocks(subject)
            starts.append(time.perf_counter_ns())
            subject.ranged_step(number)
            # Kernels are asynchronous: without this the next step absorbs their time.
            subject.clock.synchronize()
            durations.append(time.perf_counter_ns() - starts[-1])
    finally:
        profiler.stop_trace()
        subject.ranges.remove()
    return TimedBlock(starts, durations), held


def _lead_in(subject: Subject) -> None:
    """Run short steps right before the profiler starts: it took 0.3 ms to prepare.

    By then torch's CPU threads sleep and caches are cold, so the first steps of a window would be
    up to 100 times slower than any bare one (on a busy machine), or twice (on an idle one).
    """
    for limit_ns in LEAD_IN_BELOW_NS:
        if subject.bare_step_ns < limit_ns:
            subject.prepared_step()
    subject.clock.synchronize()


def _step_begin_ns(results: Any, number: int) -> int:
    name = f"{STEP_PREFIX}{number}"
    return min((event.start_ns() for event in results.events() if event.name() == name), default=0)
