"""Real runs of two variants in turns, whose true ratio is known: equal layers, or one with more to do."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np

from engine.analysis.comparison.ratio import ratio_of
from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.comparison.run_comparisons import sides_of
from engine.analysis.run_analysis import RunAnalysis
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import RunPlan
from engine.host.engine import Engine
from tests.benchmarks.workloads import THREADS

# About 1 ms on one core of a server.
LAYERS = ("nn.Linear(256, 256)", "nn.ReLU()") * 3
SHAPE = (256, 256)
# Waits on the clock, no matter how fast the machine is: what it adds to a step is known, not estimated.
_SPIN = '''
import time

from torch import nn


class Spin(nn.Module):
    """Returns its input after so many nanoseconds."""

    def __init__(self, ns: int) -> None:
        super().__init__()
        self.ns = ns

    def forward(self, x):
        end = time.perf_counter_ns() + self.ns
        while time.perf_counter_ns() < end:
            pass
        return x
'''
_PATIENCE_S = 300


@dataclass(frozen=True)
class ComparedRun:
    """What a run found, and the ratio that was planted: 1.03 is a step longer by 3 %."""

    found: RatioEstimate
    planted: float


class ComparedRuns:
    """Runs pairs of variants, each in a worker of its own; used as a context."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory()
        self._engine = Engine(keep_spare=True)
        self._spin = Path(self._folder.name) / "spin.py"
        self._spin.write_text(_SPIN, encoding="utf-8")

    def __enter__(self) -> ComparedRuns:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.close()
        self._folder.cleanup()

    def run(self, seconds: float, spin_ns: int | None = None) -> ComparedRun:
        """Compare two equal variants; with ``spin_ns``, both end with a spin, the second's of that length.

        Raises RuntimeError if the run does not complete.
        """
        lengths = () if spin_ns is None else (0, spin_ns)
        spins = [(f"{self._spin}:Spin({length})",) for length in lengths] or [(), ()]
        variants = tuple(
            Variant(name=name, model=tuple(ModelNode(layer=layer) for layer in (*LAYERS, *more)))
            for name, more in zip(("a", "b"), spins, strict=True)
        )
        plan = RunPlan(device="cpu", threads=THREADS, seconds=seconds)
        experiment = Experiment(variants=variants, inputs=(InputSpec(shape=SHAPE),), plan=plan)
        path = Path(self._folder.name) / "run.layerscope"
        path.unlink(missing_ok=True)
        thread = self._engine.run(experiment, Path(self._folder.name), path, lambda _event: None)
        thread.join(_PATIENCE_S)
        recording = thread.recording
        if recording.ending is None or recording.ending.outcome != "completed":
            raise RuntimeError(f"the run did not complete: {recording.ending}")
        sides = sides_of(recording, RunAnalysis(recording.models).summary(recording.steps()))
        found = ratio_of(sides[0], sides[1], same_run=True)
        if found is None:
            raise RuntimeError("the run timed no step")
        return ComparedRun(found, 1 + (spin_ns or 0) / 1e3 / found.baseline_median_us)

    def step_ns(self, seconds: float = 1.0) -> float:
        """Return the median step of the layers alone, as a run of its own finds it now."""
        return self.run(seconds, 0).found.baseline_median_us * 1e3


def reach_percent(found: RatioEstimate) -> float:
    """Return half the width of a ratio's interval in percent of the ratio; NaN where there is none."""
    if found.interval_95 is None:
        return float(np.nan)
    return 50 * (found.interval_95[1] - found.interval_95[0]) / found.ratio
