"""The measuring loop: blocks of bare steps, and windows as far as the budget goes."""

from __future__ import annotations

import gc
import time
from typing import Any, Iterator, Sequence

from engine.wire.kinds import LIVE_CLOCK, StepFlag
from engine.worker.channel import Channel
from engine.worker.run.budget import Budget
from engine.worker.run.clock import NO_LIMIT, TimedBlock, unix_ns
from engine.worker.run.columns import StringTable
from engine.worker.run.length import Length
from engine.worker.run.memory import allocator_bytes
from engine.worker.run.preparation import send_steps
from engine.worker.run.schedule import turns
from engine.worker.run.subject import Subject
from engine.worker.run.window import WindowData, open_window
from engine.worker.stop import StopSignal

# Long enough that switching variants and sending a message vanish beside it: they take 0.3 ms, the cold
# caches of the next steps included.
BLOCK_NS = 50_000_000
MAXIMUM_BLOCK_STEPS = 5_000
# What the schedule knows a block's median from.
SAMPLE_STEPS = 200
# Windows of one tiny step would be nothing but the profiler's start and stop.
WINDOW_STEPS_NS = 500_000
MAXIMUM_WINDOW_STEPS = 8
# The next window is expected to cost what the dearest lately did, forgotten by a fifth each time:
# an average would overspend the budget every other time.
FORGETTING = 0.8
# The collector is off while steps are timed, but layers may leave cycles behind, and short profiles
# grow the process unless it is run at least every 25 windows (pytorch#193348).
COLLECTION_NS = 1_000_000_000


class Measurement:
    """Steps the subjects in turn, times them and profiles as much as the budget allows."""

    def __init__(
        self, plan: dict[str, Any], subjects: Sequence[Subject], channel: Channel, stop: StopSignal
    ) -> None:
        self._subjects = subjects
        self._channel = channel
        self._stop = stop
        self._length = Length(plan, len(subjects))
        self._budget = Budget(plan["budget_percent"])
        self._start_ns: int | None = None
        self._end_ns: int | None = None
        self._windows = 0
        self._has_enough = False
        self._last_progress_ns = 0
        self._last_collection_ns = 0
        self._strings = StringTable()

    def start(self) -> None:
        """Begin to measure."""
        self._start_ns = time.perf_counter_ns()
        self._budget.start(self._start_ns)

    def turns(self) -> Iterator[Subject]:
        """Yield whose turn it is until enough is measured or the run is stopped."""
        for index in turns(len(self._subjects)):
            if self._stop.is_set or self._length.is_reached(self._subjects, self._elapsed_s()):
                break
            yield self._subjects[index]
        self._say_what_is_not_stable()
        # A run shorter than its budget's first window still has to name its layers.
        self._has_enough = True
        yield from (subject for subject in self._subjects if subject.windows == 0 and self._budget.is_any)
        self._end_ns = time.perf_counter_ns()

    def _say_what_is_not_stable(self) -> None:
        if not self._stop.is_set:
            for problem in self._length.given_up(self._subjects):
                self._channel.send("warning", problem=problem.to_json())

    def take_turn(self, subject: Subject) -> None:
        """Run one block of bare steps, then a window if the budget allows it; at the end, a window alone."""
        if self._stop.is_set:
            return
        if self._has_enough:
            self._profile(subject)
            return
        proposed = max(1, min(MAXIMUM_BLOCK_STEPS, BLOCK_NS // max(1, subject.bare_step_ns)))
        count = self._length.wanted(subject, proposed)
        if count > 0:
            self._time_steps(subject, count)
        if not self._stop.is_set and self._may_profile(subject):
            self._profile(subject)
        self._collect_garbage()
        self._report_progress()

    def totals(self) -> dict[str, int | None]:
        """Return the time spent measuring and the windows' part of it, in ns."""
        if self._start_ns is None:
            return {"elapsed_ns": None, "profiling_ns": None}
        end = self._end_ns or time.perf_counter_ns()
        return {"elapsed_ns": end - self._start_ns, "profiling_ns": self._budget.spent_ns(end)}

    def _time_steps(self, subject: Subject, count: int) -> None:
        begin = time.perf_counter_ns()
        block = subject.clock.time_block(
            subject.step, subject.prepare, count, 2 * BLOCK_NS, subject.median_ns or NO_LIMIT
        )
        durations = block.durations_ns
        block_ns = time.perf_counter_ns() - begin
        subject.bare_ns += block_ns
        self._budget.credit(block_ns)
        count = len(durations)
        send_steps(self._channel, subject.index, subject.steps_done, block)
        subject.steps_done += count
        subject.bare_steps += count
        subject.bare_since_window += count
        subject.median_ns = _typical(durations)
        self._length.add(subject.index, durations)
        self._sample_memory(subject)

    def _may_profile(self, subject: Subject) -> bool:
        steps = self._window_steps(subject)
        # At least as many bare steps as profiled ones, whatever the budget says.
        if subject.bare_since_window < steps:
            return False
        # The turn goes to whoever has been profiled least, so that no variant starves another.
        if subject.windows > min(other.windows for other in self._subjects):
            return False
        overhead = subject.window_overhead_ns
        return self._budget.allows(time.perf_counter_ns(), overhead, overhead + steps * subject.bare_step_ns)

    def _window_steps(self, subject: Subject) -> int:
        return max(1, min(MAXIMUM_WINDOW_STEPS, WINDOW_STEPS_NS // max(1, subject.median_ns)))

    def _profile(self, subject: Subject) -> None:
        steps = self._window_steps(subject)
        data = open_window(subject, steps, self._strings)
        bare_ns = steps * subject.bare_step_ns
        first_name, names = self._strings.take_new()
        self._channel.send(
            "window",
            data.columns,
            index=self._windows,
            variant=subject.index,
            first_step=subject.steps_done,
            step_count=steps,
            start_ns=unix_ns(data.begin_ns),
            end_ns=unix_ns(data.end_ns),
            overhead_ns=max(0, data.end_ns - data.begin_ns - bare_ns),
            clock=LIVE_CLOCK,
            profiler=_account(data, subject),
            first_name=first_name,
            names=names,
            tracks=data.tracks,
            details_unavailable=data.details_unavailable,
        )
        block = TimedBlock(data.starts_ns, data.durations_ns)
        send_steps(self._channel, subject.index, subject.steps_done, block, StepFlag.PROFILED)
        self._windows += 1
        subject.windows += 1
        subject.steps_done += steps
        subject.bare_since_window = 0
        # Sending costs the run as well.
        now = time.perf_counter_ns()
        bare_ns = min(bare_ns, now - data.begin_ns)
        overhead = now - data.begin_ns - bare_ns
        subject.window_overhead_ns = max(overhead, round(FORGETTING * subject.window_overhead_ns))
        self._budget.end_window(now, bare_ns)

    def _collect_garbage(self) -> None:
        now = time.perf_counter_ns()
        if now - self._last_collection_ns > COLLECTION_NS:
            gc.collect()
            self._last_collection_ns = now

    def _sample_memory(self, subject: Subject) -> None:
        counted = allocator_bytes(subject.settings.device)
        if counted is None:
            return
        self._channel.send(
            "memory",
            variant=subject.index,
            time_ns=time.time_ns(),
            allocated_bytes=counted[0],
            reserved_bytes=counted[1],
        )

    def _report_progress(self) -> None:
        now = time.perf_counter_ns()
        if now - self._last_progress_ns < 100_000_000:
            return
        self._last_progress_ns = now
        elapsed = self._elapsed_s()
        fraction = self._length.fraction(self._subjects, elapsed)
        self._channel.send(
            "progress",
            stage="measuring",
            text="Measuring",
            steps=sum(subject.bare_steps for subject in self._subjects),
            total_steps=self._length.steps and self._length.steps * len(self._subjects),
            fraction=fraction,
            seconds_left=elapsed * (1 - fraction) / fraction if fraction else None,
            profiling_share=self._budget.share(now),
            time_ns=time.time_ns(),
        )

    def _elapsed_s(self) -> float:
        assert self._start_ns is not None
        return (time.perf_counter_ns() - self._start_ns) / 1e9


def _account(data: WindowData, subject: Subject) -> dict[str, Any]:
    """Return what `engine.trace.window.ProfilerAccount` holds, but for what was printed."""
    return {
        "records": data.records,
        # By design: rows that only repeat kernel time, carry none, or are no part of a step.
        "left_out": data.records - len(data.columns["kind"]),
        "activities": data.activities,
        "step_clock": subject.clock.name,
    }


def _typical(durations_ns: Sequence[int]) -> int:
    """Return about the median: sorting thousands of steps after every block would cost the run 1 %."""
    sample = sorted(durations_ns[:: len(durations_ns) // SAMPLE_STEPS + 1])
    return sample[len(sample) // 2]
