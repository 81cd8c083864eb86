"""RunSession: one ending per run, whatever happens around it."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import pytest
from pytestqt.qtbot import QtBot

from engine.experiment.experiment import Experiment
from engine.host.events import (
    LogArrived,
    ModelsBuilt,
    RunFinished,
    RunProgress,
    RunWarned,
    StepsArrived,
    WindowArrived,
)
from engine.recording.recording import Ending, Recording
from engine.wire.problem import Problem, ProblemError
from gui.run.run_session import RunSession
from tests.gui.charts.shown_session import FakeEngine, FakeEngineThread, ShownSession, end_when_stopped
from tests.gui.charts.synthetic_run import SyntheticRun, experiment

EXPERIMENT = experiment(("A",))


class Endings:
    """Collects what a session says."""

    def __init__(self, session: RunSession) -> None:
        self.said: list[object] = []
        session.started.connect(lambda: self.said.append("started"))
        session.finished.connect(self.said.append)

    @property
    def outcomes(self) -> list[str]:
        return [item.outcome if isinstance(item, RunFinished) else str(item) for item in self.said]


def make_session(engine: FakeEngine, tmp_path: Path) -> tuple[RunSession, Endings]:
    session = RunSession(engine, tmp_path)
    return session, Endings(session)


def play_synthetic(thread: FakeEngineThread) -> None:
    """Tell of a run whose recording is complete already."""
    thread.tell(ModelsBuilt())
    thread.tell(StepsArrived(count=thread.recording.step_count))
    for index in range(thread.recording.window_count):
        thread.tell(WindowArrived(index=index))
    thread.recording.finish(Ending(outcome="completed", elapsed_ns=100, profiling_ns=7))
    thread.tell(RunFinished(outcome="completed"))


def synthetic_recording(_path: Path, _experiment: Experiment, _base: Path) -> Recording:
    run = SyntheticRun(steps_per_round=20)
    run.write_rounds(5)
    return run.recording


def test_that_a_run_ends_with_exactly_one_finished_and_a_summary_of_all_windows(
    qtbot: QtBot, tmp_path: Path
) -> None:
    session, endings = make_session(FakeEngine(play_synthetic, synthetic_recording), tmp_path)
    session.start(EXPERIMENT, tmp_path)
    assert session.is_running
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "completed"])
    qtbot.waitUntil(lambda: not session.is_analysing)
    assert not session.is_running
    assert session.recording is not None
    assert len(session.window_summaries) == session.recording.window_count == 8
    assert session.run_summary is not None
    assert session.run_summary.profiling_share == pytest.approx(0.07)
    assert [variant.windows for variant in session.run_summary.variants] == [4, 4]
    session.close()


def test_that_a_run_started_during_a_run_follows_it(qtbot: QtBot, tmp_path: Path) -> None:
    engine = FakeEngine()
    session, endings = make_session(engine, tmp_path)
    session.start(EXPERIMENT, tmp_path)
    session.start(EXPERIMENT, tmp_path)
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "cancelled", "started"])
    assert session.is_running
    session.stop()
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "cancelled", "started", "cancelled"])
    assert len(engine.threads) == 2
    session.close()


def test_that_stop_forgets_a_run_that_waits(qtbot: QtBot, tmp_path: Path) -> None:
    engine = FakeEngine()
    session, endings = make_session(engine, tmp_path)
    session.start(EXPERIMENT, tmp_path)
    session.start(EXPERIMENT, tmp_path)
    session.stop()
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "cancelled"])
    qtbot.waitUntil(lambda: not session.is_running)
    assert len(engine.threads) == 1
    session.close()


def test_that_a_slot_of_finished_may_start_the_next_run(qtbot: QtBot, tmp_path: Path) -> None:
    session, endings = make_session(FakeEngine(), tmp_path)
    restarts = iter([True])

    def restart() -> None:
        if next(restarts, False):
            session.start(EXPERIMENT, tmp_path)

    session.finished.connect(restart)
    session.start(EXPERIMENT, tmp_path)
    session.stop()
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "cancelled", "started"])
    session.stop()
    qtbot.waitUntil(lambda: len(endings.said) == 4)
    session.close()


def test_that_a_run_that_can_not_begin_ends_as_failed(qtbot: QtBot, tmp_path: Path) -> None:
    def refuse(*_: object) -> Recording:
        raise ProblemError("The disk is full.", hint="Free some space.")

    session, endings = make_session(FakeEngine(make_recording=refuse), tmp_path)
    session.start(EXPERIMENT, tmp_path)
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "failed"])
    ending = endings.said[-1]
    assert isinstance(ending, RunFinished)
    assert ending.problem is not None
    assert ending.problem.hint == "Free some space."
    assert session.recording is None
    session.close()


def test_that_a_recordings_folder_that_can_not_be_made_is_named(qtbot: QtBot, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    session, endings = make_session(FakeEngine(), blocked / "recordings")
    session.start(EXPERIMENT, tmp_path)
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "failed"])
    ending = endings.said[-1]
    assert isinstance(ending, RunFinished)
    assert ending.problem is not None
    assert ending.problem.where == str(blocked / "recordings")
    session.close()


def test_that_a_thread_that_dies_in_silence_is_reported_as_crashed(qtbot: QtBot, tmp_path: Path) -> None:
    session, endings = make_session(FakeEngine(lambda thread: None), tmp_path)
    session.start(EXPERIMENT, tmp_path)
    qtbot.waitUntil(lambda: endings.outcomes == ["started", "crashed"])
    session.close()


def test_that_what_was_printed_arrives_in_batches(qtbot: QtBot, tmp_path: Path) -> None:
    def print_much(thread: FakeEngineThread) -> None:
        for number in range(1000):
            thread.tell(LogArrived(text=f"{number}\n"))
        end_when_stopped(thread)

    session, endings = make_session(FakeEngine(print_much), tmp_path)
    batches: list[str] = []
    session.log_arrived.connect(batches.append)
    session.start(EXPERIMENT, tmp_path)
    qtbot.waitUntil(lambda: "999\n" in "".join(batches))
    assert "".join(batches) == "".join(f"{number}\n" for number in range(1000))
    assert len(batches) < 100
    session.stop()
    qtbot.waitUntil(lambda: len(endings.said) == 2)
    session.close()


def test_that_progress_and_warnings_arrive(qtbot: QtBot, tmp_path: Path) -> None:
    problem = Problem("The output is NaN.")

    def warn(thread: FakeEngineThread) -> None:
        thread.tell(RunProgress(stage="measuring", text="Measuring", steps=3))
        thread.tell(RunWarned(problem=problem))
        thread.tell(RunWarned(problem=problem))
        end_when_stopped(thread)

    session, _ = make_session(FakeEngine(warn), tmp_path)
    warned: list[object] = []
    session.warned.connect(warned.append)
    with qtbot.waitSignal(session.progressed) as progressed:
        session.start(EXPERIMENT, tmp_path)
    qtbot.waitUntil(lambda: warned == [problem])
    assert progressed.args[0].steps == 3
    session.stop()
    qtbot.waitUntil(lambda: not session.is_running)
    session.close()


def test_that_closing_during_a_run_asks_it_to_stop_and_says_nothing_more(
    qtbot: QtBot, tmp_path: Path
) -> None:
    engine = FakeEngine()
    session, endings = make_session(engine, tmp_path)
    session.start(EXPERIMENT, tmp_path)
    session.close()
    engine.threads[0].join(5)
    assert not engine.threads[0].is_alive()
    assert endings.outcomes == ["started"]


def test_that_a_saved_recording_opens_with_the_numbers_it_was_saved_with(
    qtbot: QtBot, tmp_path: Path, session: ShownSession
) -> None:
    run = SyntheticRun(steps_per_round=20)
    run.write_rounds(3)
    path = tmp_path / "run.layerscope"
    saved = Recording.create(path, run.experiment, tmp_path)
    saved.set_models(run.models)
    saved.append_steps(run.recording.steps())
    for index in range(run.recording.window_count):
        saved.append_window(run.recording.window(index))
    saved.finish(Ending(outcome="completed"))
    saved.close()
    with qtbot.waitSignal(session.recording_changed):
        session.open_recording(path)
    qtbot.waitUntil(lambda: not session.is_analysing)
    assert session.run_summary is not None
    assert [variant.windows for variant in session.run_summary.variants] == [2, 2]
    assert not session.is_running


def test_that_a_file_that_is_no_recording_is_refused_with_a_reason(
    qtbot: QtBot, tmp_path: Path, session: ShownSession
) -> None:
    path = tmp_path / "broken.layerscope"
    path.write_text("not a recording")
    with qtbot.waitSignal(session.failed) as failed:
        session.open_recording(path)
    assert "broken.layerscope" in str(failed.args[0])
    assert session.recording is None
    assert session.opening_path is None


def test_that_a_file_is_not_opened_during_a_run(qtbot: QtBot, tmp_path: Path) -> None:
    session, _ = make_session(FakeEngine(), tmp_path)
    session.start(EXPERIMENT, tmp_path)
    with qtbot.waitSignal(session.failed) as failed:
        session.open_recording(tmp_path / "other.layerscope")
    assert failed.args[0].hint == "Stop the run, then open the file."
    session.stop()
    qtbot.waitUntil(lambda: not session.is_running)
    session.close()


def test_that_an_opening_that_was_called_off_changes_nothing(
    qtbot: QtBot, tmp_path: Path, session: ShownSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, may_go_on = Event(), Event()
    opened = SyntheticRun().recording

    def read(*_: object) -> Recording:
        reading.set()
        may_go_on.wait(10)
        return opened

    monkeypatch.setattr("gui.run.run_session.read_recording", read)
    session.open_recording(tmp_path / "slow.layerscope")
    qtbot.waitUntil(reading.is_set)
    session.cancel_opening()
    may_go_on.set()
    qtbot.waitUntil(lambda: not session._timer.isActive())
    assert session.recording is None


def test_that_a_trace_file_opens_in_the_same_views(
    qtbot: QtBot, tmp_path: Path, session: ShownSession
) -> None:
    traces = sorted((Path(__file__).parents[3].parent / "shared" / "traces").glob("*alexnet*"))
    if not traces:
        pytest.skip("the collection of real traces is not beside the checkout")
    with qtbot.waitSignal(session.recording_changed):
        session.open_trace(traces[0])
    qtbot.waitUntil(lambda: session.is_idle)
    assert session.run_summary is not None
    variant = session.run_summary.variants[0]
    assert variant.measured_on == "device"
    assert variant.kernels
    assert variant.total_us == pytest.approx(sum(row.own_us for row in variant.layers))
    assert session.run_summary.profiling_share is None


def test_that_a_trace_that_was_cut_off_opens_with_a_warning(
    qtbot: QtBot, tmp_path: Path, session: ShownSession
) -> None:
    event = '{"ph":"X","cat":"cpu_op","name":"aten::mm","pid":1,"tid":1,"ts":10.5,"dur":4.25,"args":{}}'
    path = tmp_path / "cut.json"
    path.write_text('{"schemaVersion":1,"traceEvents":[' + event + "," + event[:40])
    with qtbot.waitSignal(session.warned) as warned:
        session.open_trace(path)
    assert "cut.json is not whole" in warned.args[0].what
    qtbot.waitUntil(lambda: session.is_idle)
    assert session.run_summary is not None
    assert session.run_summary.variants[0].kernels[0].name == "aten::mm"
