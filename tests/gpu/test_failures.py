"""What goes wrong on a GPU, said clearly; what was recorded stays."""

from __future__ import annotations

from pathlib import Path
from threading import Event

from engine.experiment.experiment import Experiment
from engine.host.engine import Engine
from engine.host.events import RunEvent, RunFinished, StepsArrived
from tests.gpu.gpu_run import GpuRuns, experiment

GREEDY = """
import torch

class Greedy(torch.nn.Module):
    def forward(self, x):
        return x + torch.empty(2**44, device=x.device)[: x.shape[-1]]
"""

BROKEN_INDEX = """
import torch

class BrokenIndex(torch.nn.Module):
    def forward(self, x):
        return x[torch.full((4,), 10_000, device=x.device)]
"""


def custom(folder: Path, source: str, layer: str) -> Experiment:
    """Write a layer's file and return an experiment that runs it after a good layer."""
    (folder / "faulty.py").write_text(source)
    return experiment("nn.Linear(10, 10)", f"faulty.py:{layer}()", shape=(32, 10), steps=20)


def test_that_running_out_of_device_memory_is_a_clear_failure(runs: GpuRuns, tmp_path: Path) -> None:
    run = runs.run(custom(tmp_path, GREEDY, "Greedy"), tmp_path)

    assert run.finished.outcome == "failed"
    problem = run.finished.problem
    assert problem is not None
    assert "out of memory" in problem.what.lower()
    assert "greedy" in problem.where.lower()
    assert "batch" in problem.hint


def test_that_a_device_side_assert_ends_the_run_and_not_the_engine(runs: GpuRuns, tmp_path: Path) -> None:
    run = runs.run(custom(tmp_path, BROKEN_INDEX, "BrokenIndex"), tmp_path)
    assert run.finished.outcome in ("failed", "crashed")
    assert run.finished.problem is not None

    after = runs.run(experiment("nn.Linear(10, 10)", shape=(32, 10), steps=10))

    assert after.finished.outcome == "completed", after.finished.problem


def test_that_a_stopped_run_keeps_what_it_measured(engine: Engine, tmp_path: Path) -> None:
    under_way, endings = Event(), []

    def listen(event: RunEvent) -> None:
        if isinstance(event, StepsArrived):
            under_way.set()
        if isinstance(event, RunFinished):
            endings.append(event)

    long = experiment("nn.Linear(1024, 1024)", shape=(1024, 1024), seconds=300.0)
    thread = engine.run(long, tmp_path, tmp_path / "stopped.layerscope", listen)
    assert under_way.wait(60)
    thread.stop()
    thread.join(10)

    assert [ending.outcome for ending in endings] == ["cancelled"]
    assert thread.recording.step_count > 0
