"""AnalysisThread: summarises a recording's windows off the GUI thread."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, replace
from threading import Event, Thread
from typing import Protocol

from engine.analysis.results import RunSummary, WindowSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.analysis.timed_steps import Surroundings
from engine.recording.recording import Recording
from engine.trace.step_table import StepTable
from engine.trace.window import Window
from engine.wire.problem import Problem

# A summary is worth making at most this often, and must never take more than a fifth of a core. Windows
# come 20 times a second at most: each is on screen before the next but one.
SHORTEST_INTERVAL_S = 0.04
REST_FACTOR = 4.0
# Of a run in progress, all step times are sorted anew when there are this many times more of them: sorting
# a million for every window would keep each from the screen for half a second.
RESORT_GROWTH = 1.05


class Analysis(Protocol):
    """The part of `RunAnalysis` used here."""

    def add_window(self, window: Window) -> WindowSummary:
        """Take one more window."""

    def summary(
        self, steps: StepTable, profiling_share: float | None, surroundings: Surroundings
    ) -> RunSummary:
        """Sum up all windows so far."""


@dataclass(frozen=True, kw_only=True)
class AnalysisState:
    """What is known so far. ``windows_behind`` windows have arrived but are not in it yet."""

    run_summary: RunSummary | None = None
    window_summaries: tuple[WindowSummary, ...] = ()
    windows_behind: int = 0
    is_finished: bool = False
    problem: Problem | None = None


class AnalysisThread(Thread):
    """Reads new windows from the recording, which is its queue: nothing piles up on the way.

    ``state`` is replaced as a whole; read it from any thread.
    """

    def __init__(self, recording: Recording, analysis: Analysis | None = None) -> None:
        super().__init__(name="analysis", daemon=True)
        self.state = AnalysisState()
        self._recording = recording
        self._analysis: Analysis = analysis or RunAnalysis(recording.models, recording, recording.damage)
        self._summaries: list[WindowSummary] = []
        self._overhead_ns = 0
        self._said_share: float | None = None
        self._sorting_s = 0.0
        self._seen = (-1, -1)
        self._sorted_steps = recording.steps()
        self._news = Event()
        self._hurry = Event()
        self._complete = False
        self._cancelled = False

    def notify(self, profiling_share: float | None = None) -> None:
        """Say that the recording holds more, and what the run itself says it has spent. Any thread."""
        if profiling_share is not None:
            self._said_share = profiling_share
        self._news.set()

    def finish(self) -> None:
        """Say that the recording is complete: take in the rest, then end."""
        self._complete = True
        self._hurry.set()
        self._news.set()

    def cancel(self) -> None:
        """End as soon as the window in hand is done."""
        self._cancelled = True
        self.finish()

    def run(self) -> None:
        """Take in windows until told that there are no more."""
        try:
            self._follow()
        except Exception as error:
            self.state = replace(self.state, problem=_problem(error))
        finally:
            self.state = replace(self.state, is_finished=True)

    def _follow(self) -> None:
        is_last = False
        while not is_last and not self._cancelled:
            self._news.clear()
            # Read before the recording is looked at: what came until then is in this round.
            is_last = self._complete
            started = time.perf_counter()
            self._catch_up()
            self._publish()
            if is_last or self._cancelled:
                return
            worked = time.perf_counter() - started
            self._hurry.wait(max(SHORTEST_INTERVAL_S, REST_FACTOR * (worked - self._sorting_s)))
            self._news.wait()

    def _catch_up(self) -> None:
        published = time.perf_counter()
        while len(self._summaries) < self._recording.window_count and not self._cancelled:
            window = self._recording.window(len(self._summaries))
            self._summaries.append(self._analysis.add_window(window))
            self._overhead_ns += window.overhead_ns
            # Far behind (a large file being opened): show what is there meanwhile.
            if time.perf_counter() - published > 0.5:
                self._publish()
                published = time.perf_counter()

    def _publish(self) -> None:
        started = time.perf_counter()
        steps = self._steps_to_sum_up()
        is_sorted = steps is self._sorted_steps
        seen = (len(steps), len(self._summaries))
        if seen == self._seen and not self._complete:
            self._sorting_s = 0.0
            return
        self._seen, self._sorted_steps = seen, steps
        beside = Surroundings(telemetry=self._recording.telemetry(), environment=self._recording.environment)
        self.state = AnalysisState(
            run_summary=self._analysis.summary(steps, self._profiling_share(steps), beside),
            window_summaries=tuple(self._summaries),
            windows_behind=max(0, self._recording.window_count - len(self._summaries)),
        )
        # Rare by itself, so no reason to rest: the next window is due in a moment.
        self._sorting_s = 0.0 if is_sorted else time.perf_counter() - started

    def _steps_to_sum_up(self) -> StepTable:
        newest, known = self._recording.steps(), self._sorted_steps
        has_few_more = len(newest) < RESORT_GROWTH * len(known)
        return known if has_few_more and not self._complete else newest

    def _profiling_share(self, steps: StepTable) -> float | None:
        """Share of the run's time that profiling cost: as the run said, else what its windows say."""
        ending = self._recording.ending
        if ending is not None and ending.elapsed_ns and ending.profiling_ns is not None:
            return ending.profiling_ns / ending.elapsed_ns
        if self._said_share is not None:
            return self._said_share
        # An opened trace does not say what its profiler cost.
        if len(steps) == 0 or self._overhead_ns == 0:
            return None
        elapsed_ns = int(steps.start_ns[-1] + steps.duration_ns[-1] - steps.start_ns[0])
        return self._overhead_ns / elapsed_ns if elapsed_ns > 0 else None


def _problem(error: Exception) -> Problem:
    return Problem(
        f"The recording could not be analysed ({type(error).__name__}: {error}).",
        hint="The run and its recording are unharmed; open the recording again to retry.",
        traceback="".join(traceback.format_exception(error)),
    )
