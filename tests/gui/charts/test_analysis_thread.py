"""AnalysisThread: everything in the end, behind only openly."""

from __future__ import annotations

from dataclasses import replace
from threading import Semaphore

from pytestqt.qtbot import QtBot

from engine.analysis.results import RunSummary, WindowSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.analysis.timed_steps import Surroundings
from engine.trace.step_table import StepTable
from engine.trace.window import Window
from gui.run.analysis_thread import AnalysisThread
from tests.gui.charts.synthetic_run import START_NS, SyntheticRun, steps


class SlowAnalysis:
    """Takes a window only when it is let."""

    def __init__(self, real: RunAnalysis) -> None:
        self.real = real
        self.may_take = Semaphore(0)

    def add_window(self, window: Window) -> WindowSummary:
        self.may_take.acquire()
        return self.real.add_window(window)

    def summary(
        self, steps: StepTable, profiling_share: float | None, surroundings: Surroundings
    ) -> RunSummary:
        return self.real.summary(steps, profiling_share, surroundings)


def test_that_a_slow_analysis_says_how_far_behind_it_is(qtbot: QtBot) -> None:
    run = SyntheticRun(steps_per_round=5)
    run.write_rounds(2)
    analysis = SlowAnalysis(RunAnalysis(run.models))
    thread = AnalysisThread(run.recording, analysis)
    thread.start()
    run.write_rounds(2)
    thread.notify()
    analysis.may_take.release(run.recording.window_count)
    qtbot.waitUntil(lambda: len(thread.state.window_summaries) == run.recording.window_count)
    assert thread.state.windows_behind == 0
    thread.finish()
    thread.join(5)
    assert thread.state.is_finished


def test_that_windows_that_arrive_meanwhile_are_counted_as_behind(qtbot: QtBot) -> None:
    run = SyntheticRun(steps_per_round=5)
    run.write_rounds(2)

    class Late(RunAnalysis):
        def summary(
            self,
            steps: StepTable,
            profiling_share: float | None = None,
            surroundings: Surroundings | None = None,
        ) -> RunSummary:
            if run.recording.window_count == 2:
                run.write_rounds(3)
            return super().summary(steps, profiling_share, surroundings)

    thread = AnalysisThread(run.recording, Late(run.models))
    thread.start()
    qtbot.waitUntil(lambda: thread.state.windows_behind == 6)
    thread.cancel()
    thread.join(5)
    assert not thread.is_alive()


def test_that_a_run_in_progress_says_itself_what_profiling_cost(qtbot: QtBot) -> None:
    run = SyntheticRun(steps_per_round=5)
    run.write_rounds(2)
    thread = AnalysisThread(run.recording)
    thread.notify(profiling_share=0.08)
    thread.start()
    qtbot.waitUntil(lambda: thread.state.run_summary is not None)
    assert thread.state.run_summary is not None
    assert thread.state.run_summary.profiling_share == 0.08
    thread.cancel()
    thread.join(5)


def test_that_steps_are_sorted_anew_only_when_there_are_many_more_and_all_at_the_end(qtbot: QtBot) -> None:
    run = SyntheticRun(steps_per_round=1000)
    run.write_rounds(2)
    first = len(run.recording.steps())
    counts: list[int] = []

    class Counting(RunAnalysis):
        def summary(
            self,
            steps: StepTable,
            profiling_share: float | None = None,
            surroundings: Surroundings | None = None,
        ) -> RunSummary:
            counts.append(len(steps))
            return super().summary(steps, profiling_share, surroundings)

    thread = AnalysisThread(run.recording, Counting(run.models))
    thread.start()
    qtbot.waitUntil(lambda: counts == [first])
    run.recording.append_steps(steps(variant=0, first=first, count=10, start_ns=START_NS, median_us=400.0))
    run.recording.append_window(replace(run.recording.window(0), index=run.recording.window_count))
    thread.notify()
    qtbot.waitUntil(lambda: counts == [first, first])
    thread.finish()
    thread.join(5)
    assert counts[-1] == first + 10


def test_that_an_analysis_that_raises_ends_with_a_problem() -> None:
    run = SyntheticRun(steps_per_round=5)
    run.write_rounds(2)

    class Broken(RunAnalysis):
        def add_window(self, window: Window) -> WindowSummary:
            raise ZeroDivisionError("no time at all")

    thread = AnalysisThread(run.recording, Broken(run.models))
    thread.start()
    thread.join(5)
    assert thread.state.is_finished
    assert thread.state.problem is not None
    assert "ZeroDivisionError" in thread.state.problem.what
    assert "no time at all" in thread.state.problem.traceback
