"""Runs through the real engine on the first GPU, kept for all tests that look at them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from pathlib import Path

from engine.analysis.results import VariantSummary, WindowSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Phase, RunPlan
from engine.host.engine import Engine
from engine.host.events import RunEvent, RunFinished
from engine.recording.recording import Recording

DEVICE = "cuda:0"
RUN_LIMIT_S = 110.0


@dataclass(frozen=True)
class GpuRun:
    """One finished run: what it recorded, how it ended, every event it sent."""

    recording: Recording
    finished: RunFinished
    events: tuple[RunEvent, ...]

    def analysed(self) -> tuple[VariantSummary, list[WindowSummary]]:
        """Return the first variant's summary and those of all windows."""
        analysis = RunAnalysis(self.recording.models, self.recording)
        count = self.recording.window_count
        windows = [analysis.add_window(self.recording.window(index)) for index in range(count)]
        return analysis.summary(self.recording.steps()).variants[0], windows


def experiment(*layers: str, shape: tuple[int, ...], phase: Phase = "forward", **plan: object) -> Experiment:
    """Return a one-variant experiment on the first GPU, unless ``plan`` names another device."""
    nodes = tuple(ModelNode(layer=layer) for layer in layers)
    full_plan = RunPlan(**{"device": DEVICE, "phase": phase, **plan})  # type: ignore[arg-type]
    return Experiment(
        variants=(Variant(name="subject", model=nodes),), inputs=(InputSpec(shape=shape),), plan=full_plan
    )


class GpuRuns:
    """Runs experiments, each once."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine = engine
        self._folder = folder
        self._known: dict[Experiment, GpuRun] = {}
        self._numbers = itertools.count()

    def run(self, wanted: Experiment, base_directory: Path | None = None) -> GpuRun:
        """Run to the end; the recording stays open and readable."""
        if wanted not in self._known:
            self._known[wanted] = self._run(wanted, base_directory or self._folder)
        return self._known[wanted]

    def _run(self, wanted: Experiment, base_directory: Path) -> GpuRun:
        events: list[RunEvent] = []
        path = self._folder / f"run_{next(self._numbers)}.layerscope"
        thread = self._engine.run(wanted, base_directory, path, events.append)
        thread.join(RUN_LIMIT_S)
        assert not thread.is_alive(), "the run did not end"
        endings = [event for event in events if isinstance(event, RunFinished)]
        assert len(endings) == 1, events
        return GpuRun(thread.recording, endings[0], tuple(events))
