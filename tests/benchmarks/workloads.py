"""The models that benchmarks step: the same layers for the worker's run and for a plain torch loop."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Phase, RunPlan

# One thread: the app's process is the second core's, and a loop that takes both would measure the scheduler.
THREADS = 1


@dataclass(frozen=True, kw_only=True)
class Workload:
    """Layers in sequence, one input, and what a step does. ``name`` says how long a step takes."""

    name: str
    layers: tuple[str, ...]
    shape: tuple[int, ...]
    phase: Phase

    def experiment(self, **plan: object) -> Experiment:
        """Return the experiment that runs it."""
        nodes = tuple(ModelNode(layer=layer) for layer in self.layers)
        settings = {"device": "cpu", "threads": THREADS, "phase": self.phase, **plan}
        return Experiment(
            variants=(Variant(name="subject", model=nodes),),
            inputs=(InputSpec(shape=self.shape),),
            plan=RunPlan(**settings),  # type: ignore[arg-type]
        )

    def to_json(self) -> str:
        """Return it as the plain loop takes it."""
        return json.dumps({**asdict(self), "threads": THREADS})


def _mlp(width: int, depth: int) -> tuple[str, ...]:
    return (f"nn.Linear({width}, {width})", "nn.ReLU()") * depth


def _blocks(width: int, heads: int, depth: int) -> tuple[str, ...]:
    return (f"nn.TransformerEncoderLayer({width}, {heads}, {4 * width}, 0.0, batch_first=True)",) * depth


# Of about 0.3, 10 and 400 ms on one core of a server.
STEPS = (
    Workload(name="0.3 ms forward", layers=_mlp(128, 6), shape=(128, 128), phase="forward"),
    Workload(name="0.3 ms training", layers=_mlp(64, 3), shape=(32, 64), phase="training"),
    Workload(name="10 ms forward", layers=_blocks(128, 4, 2), shape=(8, 64, 128), phase="forward"),
    Workload(name="10 ms training", layers=_blocks(128, 4, 1), shape=(6, 64, 128), phase="training"),
    Workload(name="400 ms forward", layers=_blocks(512, 8, 4), shape=(8, 128, 512), phase="forward"),
    Workload(name="400 ms training", layers=_blocks(512, 8, 2), shape=(8, 128, 512), phase="training"),
)
