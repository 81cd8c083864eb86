"""An engine without workers: the test is the worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.experiment.experiment import Experiment
from engine.host.events import RunEvent, RunFinished, RunStarted
from engine.recording.recording import Recording
from engine.wire.problem import Problem
from tests.gui.editing.fakes import FakeInspector


@dataclass
class FakeRun:
    """One run; `finish` ends it."""

    experiment: Experiment
    recording: Recording
    listener: object
    stopped: bool = False
    alive: bool = True

    def send(self, event: RunEvent) -> None:
        self.listener(event)

    def finish(self, outcome: str = "completed", problem: Problem | None = None) -> None:
        self.listener(RunFinished(outcome=outcome, problem=problem))
        self.alive = False

    def stop(self) -> None:
        self.stopped = True
        if self.alive:
            self.finish("cancelled")

    def is_alive(self) -> bool:
        return self.alive


@dataclass
class FakeEngine:
    """Keeps every run it was asked for."""

    inspector: FakeInspector = field(default_factory=FakeInspector)
    runs: list[FakeRun] = field(default_factory=list)

    prepared: int = 0

    def prepare(self) -> None:
        self.prepared += 1

    def run(self, experiment: Experiment, base_directory: Path, recording_path: Path, listener) -> FakeRun:
        run = FakeRun(experiment, Recording.create(recording_path, experiment, base_directory), listener)
        self.runs.append(run)
        run.send(RunStarted(worker_pid=1))
        return run
