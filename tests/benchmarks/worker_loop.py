"""The worker's measuring loop in this very process, so that other clocks can time the same model in turns."""

from __future__ import annotations

import gc
import os
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment
from engine.experiment.naming import with_names
from engine.host.run_request import run_request
from engine.worker.channel import Channel
from engine.worker.run.measurement import Measurement as MeasuringLoop
from engine.worker.run.preparation import take_first_step, warm_up
from engine.worker.run.settings import apply_backends, resolve_settings
from engine.worker.run.subject import Subject
from engine.worker.stop import StopSignal


class KeptSteps(Channel):
    """A channel that keeps the bare steps' times and sends every frame to nobody, at full cost."""

    def __init__(self) -> None:
        super().__init__(os.open(os.devnull, os.O_WRONLY))
        self.bare_ns: list[int] = []
        self.events = 0

    def send(self, type: str, columns: Mapping[str, array[Any]] | None = None, **fields: Any) -> None:
        """Send one message, and keep what it says of bare steps."""
        super().send(type, columns, **fields)
        if type == "steps" and columns is not None and columns["flags"][0] == 0:
            self.bare_ns.extend(columns["duration_ns"])
        if type == "window" and columns is not None:
            self.events += len(columns["kind"])

    def take_bare_ns(self) -> list[int]:
        """Return the bare steps' times since the last call."""
        taken, self.bare_ns = self.bare_ns, []
        return taken


class WorkerLoop:
    """One experiment of one variant, warmed up; each turn is a block of bare steps and perhaps a window."""

    def __init__(self, experiment: Experiment) -> None:
        named = Experiment(
            variants=tuple(map(with_names, experiment.variants)),
            inputs=experiment.inputs,
            plan=experiment.plan,
        )
        request = run_request(named, Path())
        plan = request["experiment"]["plan"]
        variant = request["experiment"]["variants"][0]
        apply_backends(plan)
        self.channel = KeptSteps()
        stop = StopSignal()
        self.subject = Subject(0, variant, request, resolve_settings(plan, variant["overrides"]))
        self.loop = MeasuringLoop(plan, [self.subject], self.channel, stop)
        take_first_step(self.subject, self.channel)
        warm_up(self.subject, plan, self.channel, stop)
        gc.collect()
        gc.freeze()
        gc.disable()

    def turns(self) -> Iterator[None]:
        """Take turns until the plan's length is reached."""
        self.loop.start()
        for subject in self.loop.turns():
            self.loop.take_turn(subject)
            yield
