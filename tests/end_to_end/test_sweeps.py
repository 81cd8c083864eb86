"""Batches of a variant's own, and whole sweeps, with real workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.analysis.sweep.point_result import point_result
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.run_plan import Overrides
from engine.experiment.sweep_text import parse_sweep
from engine.host.events import RunStarted, StepsArrived
from engine.host.sweep_events import PointEvent, PointFinished, PointStarted, SweepEvent, SweepFinished
from engine.host.sweep_thread import SweepThread
from engine.recording.recording import Recording
from engine.recording.sweep_folder import INDEX_NAME, read_index
from tests.end_to_end.runs import PATIENCE_S, Runner, experiment, wait_until

pytestmark = pytest.mark.slow

PRINTING = """class Printing(nn.Module):
    def forward(self, x):
        if not hasattr(self, 'said'):
            self.said = print('batch', tuple(x.shape), flush=True)
        return x * 2
"""


def with_batch(what: Experiment, batch: int | None) -> Experiment:
    """The experiment with a second variant, which has a batch of its own."""
    (first,) = what.variants
    other = Variant(name="other", model=first.model, overrides=Overrides(batch=batch))
    return replace(what, variants=(first, other))


# ---- a batch of one variant's own


@pytest.mark.parametrize("fresh", [False, True])
def test_that_a_variant_runs_with_its_own_batch(runner: Runner, fresh: bool) -> None:
    runner.write("layers.py", PRINTING)
    what = with_batch(experiment("layers.py:Printing()", fresh_inputs=fresh), 9)

    run = runner.run(what)

    assert run.finished.outcome == "completed"
    printed = "".join(run.recording.logs())
    assert "batch (4, 10)" in printed
    assert "batch (9, 10)" in printed


@pytest.mark.parametrize("phase", ["forward", "training"])
def test_that_the_work_that_is_counted_is_that_of_the_batch(runner: Runner, phase: str) -> None:
    what = with_batch(experiment("nn.Linear(10, 50)", phase=phase), 40)

    recording = runner.run(what).recording

    planned, own = (
        sum(owner.forward.flops for owner in work.owners if owner.kind == "layer")
        for number in (0, 1)
        if (work := recording.step_work(number)) is not None
    )
    assert own == 10 * planned > 0


def test_that_shapes_are_told_for_the_batch(runner: Runner) -> None:
    what = with_batch(experiment("nn.Linear(10, 50)"), 7)

    found = runner.engine.inspector.shapes(what.variants[1], what.inputs, what.plan, runner.folder)

    (node,) = found.result(PATIENCE_S).nodes
    assert node.output.startswith("7×50")


def test_that_a_batch_of_nothing_is_run_like_any_other(runner: Runner) -> None:
    run = runner.run(with_batch(experiment("nn.Linear(10, 50)"), 0))

    assert run.finished.outcome == "completed"
    assert run.recording.steps().of_variant(1).bare().duration_ns.size > 0


# ---- sweeps


class Sweeper:
    """Runs sweeps in a folder of the test's own, and keeps every event."""

    def __init__(self, runner: Runner) -> None:
        self.runner = runner
        self.events: list[SweepEvent] = []

    def start(self, what: Experiment, text: str, seconds: float | None = None) -> SweepThread:
        """Start a sweep."""
        folder = self.runner.folder
        sweep = parse_sweep(text, seconds)
        thread = SweepThread(
            what, sweep, folder, folder / "swept", self.events.append, self.runner.engine.run
        )
        thread.start()
        return thread

    def finish(self, thread: SweepThread) -> SweepFinished:
        """Wait for the one ending."""
        thread.join(2 * PATIENCE_S)
        assert not thread.is_alive()
        endings = [event for event in self.events if isinstance(event, SweepFinished)]
        assert [self.events[-1]] == endings
        return endings[0]

    @property
    def points(self) -> list[PointFinished]:
        """The points that have ended."""
        return [event for event in self.events if isinstance(event, PointFinished)]


@pytest.fixture
def sweeper(runner: Runner) -> Sweeper:
    return Sweeper(runner)


def test_that_every_point_of_a_sweep_is_a_run_of_its_own(sweeper: Sweeper) -> None:
    thread = sweeper.start(experiment("nn.Linear(10, 50)"), "batch=1,64")

    assert sweeper.finish(thread).outcome == "completed"
    index = read_index(thread.folder / INDEX_NAME)
    assert [(point.value, point.outcome) for point in index.points] == [(1, "completed"), (64, "completed")]
    for point, batch in zip(index.points, (1, 64), strict=True):
        recording = Recording.open(thread.folder / point.file)
        assert recording.experiment.inputs[0].shape == (batch, 10)
        found = point_result(recording, point, ("mine",))
        assert found.variants[0].median_us is not None


def test_that_a_size_that_does_not_fit_costs_its_own_point_alone(sweeper: Sweeper) -> None:
    thread = sweeper.start(experiment("nn.Linear(10, 50)"), "input[0].shape[1]=10,11")

    assert sweeper.finish(thread).outcome == "completed"
    fitting, wide = sweeper.points
    assert fitting.point.outcome == "completed"
    assert wide.point.outcome == "failed"
    assert wide.point.problem is not None
    assert "11" in wide.point.problem.what


def test_that_an_input_too_large_for_the_machine_is_a_failed_point(sweeper: Sweeper) -> None:
    thread = sweeper.start(experiment("nn.Linear(10, 50)"), f"batch={2**60},4")

    assert sweeper.finish(thread).outcome == "completed"
    large, small = sweeper.points
    assert large.point.outcome == "failed"
    assert large.point.problem is not None
    assert small.point.outcome == "completed"


def test_that_a_size_is_swept_through_layers_and_inputs(sweeper: Sweeper) -> None:
    thread = sweeper.start(experiment("nn.Linear(10, 10)", "nn.LayerNorm((10,))"), "size:10=6,20")

    assert sweeper.finish(thread).outcome == "completed"
    assert [event.point.outcome for event in sweeper.points] == ["completed", "completed"]
    parameters = [
        sum(layer.parameter_count for layer in event.recording.models[0].layers)
        for event in sweeper.points
        if event.recording
    ]
    assert parameters == [6 * 6 + 6 + 12, 20 * 20 + 20 + 40]


def test_that_a_stop_midway_keeps_what_was_measured(sweeper: Sweeper) -> None:
    thread = sweeper.start(experiment("nn.Linear(10, 50)", seconds=60.0), "batch=1,2,4")
    wait_until(
        lambda: any(isinstance(e, PointEvent) and isinstance(e.event, StepsArrived) for e in sweeper.events)
    )

    thread.stop()

    assert sweeper.finish(thread).outcome == "cancelled"
    (only,) = sweeper.points
    assert only.point.outcome == "cancelled"
    assert only.recording is not None
    assert only.recording.step_count > 0
    index = read_index(thread.folder / INDEX_NAME)
    assert [point.outcome for point in index.points] == ["cancelled", None, None]


def test_that_a_killed_worker_costs_its_own_point_alone(sweeper: Sweeper) -> None:
    def kill_first(event: SweepEvent) -> None:
        sweeper.events.append(event)
        if isinstance(event, PointEvent) and event.number == 0 and isinstance(event.event, RunStarted):
            os.kill(event.event.worker_pid, signal.SIGKILL)

    folder = sweeper.runner.folder
    what = experiment("nn.Linear(10, 50)")
    sweep = parse_sweep("batch=1,2", None)
    thread = SweepThread(what, sweep, folder, folder / "swept", kill_first, sweeper.runner.engine.run)
    thread.start()

    assert sweeper.finish(thread).outcome == "completed"
    assert [event.point.outcome for event in sweeper.points] == ["crashed", "completed"]


def test_that_an_engine_that_closes_ends_the_sweep(sweeper: Sweeper) -> None:
    thread = sweeper.start(experiment("nn.Linear(10, 50)", seconds=60.0), "batch=1,2")
    wait_until(
        lambda: any(isinstance(e, PointEvent) and isinstance(e.event, StepsArrived) for e in sweeper.events)
    )

    sweeper.runner.engine.close()

    assert sweeper.finish(thread).outcome == "cancelled"
    assert sum(isinstance(event, PointStarted) for event in sweeper.events) == 1


APP = """import sys
from pathlib import Path
from engine.experiment.sweep_text import parse_sweep
from engine.host.engine import Engine
from engine.host.events import StepsArrived
from engine.host.sweep_events import PointEvent
from engine.host.sweep_thread import SweepThread
from tests.end_to_end.runs import experiment

def listen(event):
    if isinstance(event, PointEvent) and event.number == 1 and isinstance(event.event, StepsArrived):
        print('measuring the second', flush=True)

folder = Path(sys.argv[1])
what = experiment('nn.Linear(10, 50)')
long = parse_sweep('batch=1,2', 3.0)
thread = SweepThread(what, long, folder, folder / 'swept', listen, Engine().run)
thread.start()
thread.join()
"""


def test_that_a_sweep_survives_the_death_of_the_application(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", APP, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "measuring the second\n"
        process.kill()

    index = read_index(tmp_path / "swept" / INDEX_NAME)

    assert [point.outcome for point in index.points] == ["completed", None]
    assert index.outcome is None
    for point in index.points:
        recording = Recording.open(tmp_path / "swept" / point.file)
        assert recording.step_count > 0
