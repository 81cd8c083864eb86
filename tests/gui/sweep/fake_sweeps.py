"""An engine that "measures" two curves at once, so that a whole sweep takes no time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.experiment.experiment import Experiment
from engine.host.check_events import CheckEvent
from engine.host.events import LogArrived, RunEvent, RunFinished, RunProgress, RunWarned
from engine.recording.recording import Ending, Recording
from engine.trace.step_table import step_table
from engine.wire.problem import Problem
from tests.gui.charts.synthetic_run import START_NS, model
from tests.gui.editing.fakes import FakeInspector
from tests.gui.shell.fake_engine import FakeChecks

OUT_OF_MEMORY = Problem("Out of memory.", hint="Make the batch smaller.")
_TURNS, _STEPS = 24, 20


def overhead_us(batch: int) -> float:
    """Dear to start, cheap for each sample."""
    return 80 + 0.2 * batch


def work_us(batch: int) -> float:
    """Nothing to start, dear for each sample: as dear as `overhead_us` at 133."""
    return 0.8 * batch + 1


@dataclass
class FakeRun:
    """A run that has ended, or waits to be stopped."""

    recording: Recording
    listen: Callable[[RunEvent], None]
    has_ended: bool

    def stop(self) -> None:
        if not self.has_ended:
            self.has_ended = True
            self.recording.finish(Ending(outcome="cancelled"))
            self.listen(RunFinished(outcome="cancelled"))

    kill = stop

    def join(self, timeout: float | None = None) -> None:
        pass

    def is_alive(self) -> bool:
        return not self.has_ended


@dataclass
class FakeEngine:
    """Measures at once; point ``fails_at`` runs out of memory, ``waits_at`` goes on until it is stopped."""

    inspector: FakeInspector = field(default_factory=FakeInspector)
    fails_at: int | None = None
    waits_at: int | None = None
    asked: list[Experiment] = field(default_factory=list)
    checks: list[FakeChecks] = field(default_factory=list)

    def prepare(self) -> None:
        pass

    def check(
        self, what: Experiment, variant: int, base: Path, listen: Callable[[CheckEvent], None]
    ) -> FakeChecks:
        checks = FakeChecks(what.variants[variant].name, listen)
        self.checks.append(checks)
        return checks

    def run(self, what: Experiment, base: Path, path: Path, listen: Callable[[RunEvent], None]) -> FakeRun:
        number = len(self.asked)
        self.asked.append(what)
        recording = Recording.create(path, what, base)
        run = FakeRun(recording, listen, has_ended=number != self.waits_at)
        listen(RunProgress(stage="measuring", text="Measuring", fraction=0.5))
        listen(LogArrived(text=f"point {number}\n"))
        listen(RunWarned(problem=Problem("The layer warns.")))
        if number == self.fails_at:
            recording.finish(Ending(outcome="failed", problem=OUT_OF_MEMORY))
            listen(RunFinished(outcome="failed", problem=OUT_OF_MEMORY))
        elif run.has_ended:
            _measure(recording, what)
            recording.finish(Ending(outcome="completed"))
            listen(RunFinished(outcome="completed"))
        return run


def _measure(recording: Recording, what: Experiment) -> None:
    """Record turns of bare steps as a worker takes them: A B B A …"""
    batch = what.inputs[0].shape[0]
    curves = (overhead_us, work_us)[: len(what.variants)]
    random = np.random.default_rng(batch)
    recording.set_environment({"torch": "2.13.0", "device_name": "a machine"})
    recording.set_models([model(variant.name, 2) for variant in what.variants])
    now_ns, taken = START_NS, [0] * len(curves)
    for turn in range(_TURNS):
        order = range(len(curves)) if turn % 2 == 0 else reversed(range(len(curves)))
        for variant in order:
            durations = (curves[variant](batch) * 1e3 * random.normal(1, 0.01, _STEPS)).astype(np.int64)
            starts = now_ns + np.concatenate(([0], np.cumsum(durations)[:-1]))
            recording.append_steps(
                step_table(
                    variant=np.full(_STEPS, variant),
                    step=np.arange(taken[variant], taken[variant] + _STEPS),
                    start_ns=starts,
                    duration_ns=durations,
                    flags=np.zeros(_STEPS),
                )
            )
            taken[variant] += _STEPS
            now_ns = int(starts[-1] + durations[-1]) + 1000
