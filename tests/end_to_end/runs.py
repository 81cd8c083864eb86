"""Real runs for tests: an experiment in a line, a real worker, every event kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import RunPlan
from engine.host.engine import Engine, EngineThread
from engine.host.events import RunEvent, RunFinished, RunWarned
from engine.recording.recording import Recording

PATIENCE_S = 60.0


def experiment(*layers: str, shape: Sequence[int] = (4, 10), **plan: Any) -> Experiment:
    """One variant of these layers, few steps, one input."""
    if not plan.keys() & {"steps", "seconds", "until_stable"}:
        plan["steps"] = 5
    plan.setdefault("warmup", 2)
    plan.setdefault("device", "cpu")
    return Experiment(
        variants=(Variant(name="mine", model=tuple(ModelNode(layer=layer) for layer in layers)),),
        inputs=(InputSpec(shape=tuple(shape)),),
        plan=RunPlan(**plan),
    )


@dataclass
class Run:
    """A run that has ended."""

    recording: Recording
    events: list[RunEvent] = field(default_factory=list)

    @property
    def finished(self) -> RunFinished:
        """The one ending; fails the test if there is none or more."""
        endings = [event for event in self.events if isinstance(event, RunFinished)]
        assert len(endings) == 1
        assert self.events[-1] is endings[0]
        return endings[0]

    @property
    def warnings(self) -> list[str]:
        """What the run warned of."""
        return [str(event.problem) for event in self.events if isinstance(event, RunWarned)]


class Runner:
    """Runs experiments in a folder of the test's own."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self.engine = engine
        self.folder = folder
        self._count = 0

    def start(self, what: Experiment, events: list[RunEvent]) -> EngineThread:
        """Start a run whose events go to the list."""
        self._count += 1
        path = self.folder / f"run{self._count}.layerscope"
        return self.engine.run(what, self.folder, path, events.append)

    def run(self, what: Experiment) -> Run:
        """Run to the end."""
        events: list[RunEvent] = []
        thread = self.start(what, events)
        thread.join(PATIENCE_S)
        assert not thread.is_alive()
        return Run(thread.recording, events)

    def write(self, name: str, source: str) -> Path:
        """Write a Python file of layers into the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("import os, sys, time, ctypes\nimport torch\nfrom torch import nn\n\n" + source)
        return path


def wait_until(condition: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
    """Poll until a fact of another process holds; there is no signal to wait for."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.01)
