"""An engine without workers: the test is the worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from engine.experiment.experiment import Experiment
from engine.host.check_events import CheckArrived, ChecksFinished, CheckStarted
from engine.host.events import RunEvent, RunFinished, RunStarted
from engine.recording.recording import Recording
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckReport, CheckResult
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
class FakeChecks:
    """The checks of one variant; `finish` ends them."""

    model: str
    listener: object
    results: list[CheckResult] = field(default_factory=list)
    is_killed: bool = False
    is_over: bool = False

    def begin(self, *checks: CheckDescription) -> None:
        self.listener(CheckStarted(model=self.model, checks=checks))

    def arrive(self, result: CheckResult) -> None:
        self.results.append(result)
        self.listener(CheckArrived(model=self.model, result=result, done=len(self.results), total=9))

    def finish(self, outcome: str = "completed", problem: Problem | None = None) -> None:
        if not self.is_over:
            self.is_over = True
            report = CheckReport(model=self.model, results=tuple(self.results))
            self.listener(ChecksFinished(outcome=outcome, report=report, problem=problem))

    def stop(self) -> None:
        self.finish("cancelled")

    def kill(self) -> None:
        self.is_killed = True
        self.finish("cancelled")


@dataclass
class FakeEngine:
    """Keeps every run it was asked for."""

    inspector: FakeInspector = field(default_factory=FakeInspector)
    runs: list[FakeRun] = field(default_factory=list)

    checks: list[FakeChecks] = field(default_factory=list)
    prepared: int = 0

    def prepare(self) -> None:
        self.prepared += 1

    def check(self, experiment: Experiment, variant_index: int, base_directory: Path, listener) -> FakeChecks:
        checks = FakeChecks(experiment.variants[variant_index].name, listener)
        self.checks.append(checks)
        return checks

    def run(self, experiment: Experiment, base_directory: Path, recording_path: Path, listener) -> FakeRun:
        run = FakeRun(experiment, Recording.create(recording_path, experiment, base_directory), listener)
        self.runs.append(run)
        run.send(RunStarted(worker_pid=1))
        return run
