from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine.experiment.experiment import Experiment
from engine.experiment.sweep_text import parse_sweep
from engine.host.events import RunEvent, RunFinished, RunProgress, RunWarned
from engine.host.sweep_events import (
    PointEvent,
    PointFinished,
    PointStarted,
    SweepEvent,
    SweepFinished,
    SweepProgress,
    SweepWarned,
)
from engine.host.sweep_pace import SweepPace
from engine.host.sweep_thread import SweepThread
from engine.recording.recording import Recording
from engine.recording.sweep_folder import INDEX_NAME, read_index
from engine.wire.problem import Problem, ProblemError
from tests.experiment.trees import experiment, layer

EXPERIMENT = experiment(layer("nn.Linear(3, 3)"))
BROKEN = Problem("Out of memory.", hint="Make it smaller.")


@dataclass
class FakeRun:
    """A run that is over as soon as it is asked for, or when it is stopped."""

    recording: Recording
    listen: Callable[[RunEvent], None]
    stops: int = 0
    kills: int = 0

    def stop(self) -> None:
        self.stops += 1
        if self.stops == 1:
            self.listen(RunFinished(outcome="cancelled"))

    def kill(self) -> None:
        self.kills += 1

    def join(self, timeout: float | None = None) -> None:
        pass


@dataclass
class FakeRuns:
    """Ends point ``n`` as ``endings[n]`` says; without one, completed. None leaves it running."""

    endings: dict[int, RunFinished | ProblemError | None] = field(default_factory=dict)
    started: list[FakeRun] = field(default_factory=list)
    asked: list[Experiment] = field(default_factory=list)
    warning: str = ""

    def run(self, what: Experiment, base: Path, path: Path, listen: Callable[[RunEvent], None]) -> FakeRun:
        ending = self.endings.get(len(self.asked), RunFinished(outcome="completed"))
        self.asked.append(what)
        if isinstance(ending, ProblemError):
            raise ending
        run = FakeRun(Recording.create(path, what, base), listen)
        self.started.append(run)
        listen(RunProgress(stage="measuring", text="Measuring", fraction=0.5))
        if self.warning:
            listen(RunWarned(problem=Problem(self.warning.format(len(self.asked) - 1))))
        if ending is not None:
            listen(ending)
        return run


def sweep(folder: Path, runs: FakeRuns, listener=None) -> tuple[SweepThread, list[SweepEvent]]:
    events: list[SweepEvent] = []

    def listen(event: SweepEvent) -> None:
        events.append(event)
        if listener is not None:
            listener(event)

    thread = SweepThread(EXPERIMENT, parse_sweep("batch=1..4"), folder, folder / "swept", listen, runs.run)
    return thread, events


def swept(folder: Path, runs: FakeRuns, listener=None) -> tuple[SweepThread, list[SweepEvent]]:
    thread, events = sweep(folder, runs, listener)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    return thread, events


def test_that_every_point_runs_in_order_and_the_sweep_has_one_ending(tmp_path: Path) -> None:
    runs = FakeRuns()

    _, events = swept(tmp_path, runs)

    assert [what.inputs[0].shape for what in runs.asked] == [(1, 3), (2, 3), (4, 3)]
    assert [event.value for event in events if isinstance(event, PointStarted)] == [1, 2, 4]
    assert [event.number for event in events if isinstance(event, PointFinished)] == [0, 1, 2]
    assert [event for event in events if isinstance(event, SweepFinished)] == [
        SweepFinished(outcome="completed")
    ]
    assert events[-1] == SweepFinished(outcome="completed")


def test_that_a_point_that_fails_is_kept_with_its_reason_and_the_sweep_goes_on(tmp_path: Path) -> None:
    refused = ProblemError("The disk is full.", hint="Free some space.")
    runs = FakeRuns({0: RunFinished(outcome="failed", problem=BROKEN), 1: refused})

    _, events = swept(tmp_path, runs)

    ended = [event for event in events if isinstance(event, PointFinished)]
    assert [event.point.problem for event in ended] == [BROKEN, refused.problem, None]
    assert ended[1].recording is None
    assert events[-1] == SweepFinished(outcome="completed")
    index = read_index(tmp_path / "swept" / INDEX_NAME)
    assert [point.outcome for point in index.points] == ["failed", "failed", "completed"]
    assert index.outcome == "completed"


def test_that_a_crashed_worker_costs_its_own_point_alone(tmp_path: Path) -> None:
    _, events = swept(tmp_path, FakeRuns({1: RunFinished(outcome="crashed", problem=BROKEN)}))

    outcomes = [event.point.outcome for event in events if isinstance(event, PointFinished)]
    assert outcomes == ["completed", "crashed", "completed"]


def test_that_a_stop_ends_the_point_and_the_sweep_and_keeps_what_there_is(tmp_path: Path) -> None:
    runs = FakeRuns({1: None})
    threads: list[SweepThread] = []

    def stop_in_second(event: SweepEvent) -> None:
        # On the run's own thread, as a click would come at any moment.
        if isinstance(event, PointEvent) and event.number == 1 and isinstance(event.event, RunProgress):
            threads[0].stop()
            threads[0].stop()

    thread, events = sweep(tmp_path, runs, stop_in_second)
    threads.append(thread)
    thread.start()
    thread.join(30)

    assert not thread.is_alive()
    assert len(runs.asked) == 2
    assert events[-1] == SweepFinished(outcome="cancelled")
    index = read_index(tmp_path / "swept" / INDEX_NAME)
    assert [point.outcome for point in index.points] == ["completed", "cancelled", None]


def test_that_a_sweep_stopped_before_it_began_runs_nothing(tmp_path: Path) -> None:
    runs = FakeRuns()
    thread, events = sweep(tmp_path, runs)

    thread.kill()
    thread.start()
    thread.join(30)

    assert runs.asked == []
    assert events == [SweepFinished(outcome="cancelled")]


def test_that_a_run_that_others_stopped_ends_the_sweep(tmp_path: Path) -> None:
    runs = FakeRuns({0: RunFinished(outcome="cancelled")})

    _, events = swept(tmp_path, runs)

    assert len(runs.asked) == 1
    assert events[-1] == SweepFinished(outcome="cancelled")


def test_that_a_listener_that_fails_still_gets_the_ending(tmp_path: Path) -> None:
    def fail(event: SweepEvent) -> None:
        if isinstance(event, PointFinished):
            raise RuntimeError("listener")

    _, events = swept(tmp_path, FakeRuns(), fail)

    assert isinstance(events[-1], SweepFinished)
    assert events[-1].outcome == "failed"
    assert [type(event) for event in events].count(SweepFinished) == 1


def test_that_points_give_each_kind_of_warning_once(tmp_path: Path) -> None:
    runs = FakeRuns(warning="Output differs by up to {0}.5e-3.")

    _, events = swept(tmp_path, runs)

    told = [
        event.event
        for event in events
        if isinstance(event, PointEvent) and isinstance(event.event, RunWarned)
    ]
    assert [event.problem.what for event in told] == ["Output differs by up to 0.5e-3."]


def test_that_progress_goes_from_nothing_to_all_and_tells_the_time_left(tmp_path: Path) -> None:
    _, events = swept(tmp_path, FakeRuns())

    told = [event for event in events if isinstance(event, SweepProgress)]
    fractions = [event.fraction for event in told]
    assert fractions == sorted(fractions)
    assert fractions[0] == 0
    assert fractions[-1] == pytest.approx(2.5 / 3)
    assert told[0].seconds_left is None
    assert told[-1].seconds_left is not None
    assert (told[-1].number, told[-1].count, told[-1].value) == (2, 3, 4)
    assert told[0].run is None
    assert told[-1].run is not None


def test_that_the_pace_of_the_points_so_far_tells_what_is_left() -> None:
    now = [0.0]
    pace = SweepPace(4, lambda: now[0])
    pace.begin_point()
    assert pace.seconds_left(0) is None
    now[0] = 10.0
    pace.end_point()
    pace.begin_point()
    assert pace.seconds_left(1) == 30.0
    now[0] = 14.0
    assert pace.seconds_left(1) == 26.0
    now[0] = 100.0
    assert pace.seconds_left(1) == 20.0


# ---- on disk


def test_that_the_index_names_every_point_from_the_start(tmp_path: Path) -> None:
    thread, _ = sweep(tmp_path, FakeRuns())

    index = read_index(thread.folder / INDEX_NAME)

    assert [(point.value, point.outcome) for point in index.points] == [(1, None), (2, None), (4, None)]
    assert index.outcome is None
    assert str(index.sweep) == "batch=1,2,4"
    assert index.experiment.variants == EXPERIMENT.variants
    assert index.base_directory == tmp_path


def test_that_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "swept").mkdir()
    (tmp_path / "swept" / "thesis.txt").write_text("dear")

    with pytest.raises(ProblemError) as caught:
        sweep(tmp_path, FakeRuns())

    assert caught.value.problem.what == "The folder for the sweep is not empty."
    assert [path.name for path in (tmp_path / "swept").iterdir()] == ["thesis.txt"]


def test_that_a_disk_that_refuses_the_index_does_not_end_the_sweep(tmp_path: Path) -> None:
    thread, events = sweep(tmp_path, FakeRuns())
    # A folder in its place: nothing can be renamed over it, not even by root.
    (thread.folder / INDEX_NAME).unlink()
    (thread.folder / INDEX_NAME).mkdir()

    thread.start()
    thread.join(30)

    assert any(isinstance(event, SweepWarned) for event in events)
    assert events[-1] == SweepFinished(outcome="completed")


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data.pop("points"),
        lambda data: data.update(schema=2),
        lambda data: data["experiment"].pop("sweep"),
        lambda data: data["points"][0].update(file="../../etc/passwd"),
        lambda data: data["points"][0].pop("value"),
        lambda data: data.update(outcome="eaten"),
    ],
)
def test_that_a_damaged_index_is_refused(tmp_path: Path, damage: Callable[[dict], object]) -> None:
    thread, _ = sweep(tmp_path, FakeRuns())
    path = thread.folder / INDEX_NAME
    data = json.loads(path.read_text())
    damage(data)
    path.write_text(json.dumps(data))

    with pytest.raises(ProblemError) as caught:
        read_index(path)

    assert str(path) in caught.value.problem.where
