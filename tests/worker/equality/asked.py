"""Two layers in a line, built and compared as a worker does it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.experiment.comparison_plan import ComparisonPlan, Tolerance
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Overrides, RunPlan
from engine.host.run_request import run_request
from engine.trace.same_work import SameWork, TensorComparison
from engine.worker.equality.compare import WorkComparison
from engine.worker.run.settings import resolve_settings
from engine.worker.run.subject import Subject
from engine.worker.stop import StopSignal

LAYERS = Path(__file__).parent / "layers.py"


class SentMessages:
    """Stands in for the channel: keeps what is sent."""

    def __init__(self) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []

    def send(self, type: str, columns: object = None, **fields: Any) -> None:
        """Keep one message."""
        self.messages.append((type, fields))

    @property
    def same_work(self) -> tuple[SameWork, ...]:
        """The results, decoded as the app does it."""
        (results,) = [fields["results"] for type, fields in self.messages if type == "same_work"]
        return msgspec.convert(results, tuple[SameWork, ...])

    @property
    def warnings(self) -> list[str]:
        """What the run warns of."""
        return [fields["problem"]["what"] for type, fields in self.messages if type == "warning"]


def variant(name: str, *layers: str, weights: Mapping[str, str] | None = None, **overrides: Any) -> Variant:
    """Return a variant of layers in sequence, named ``layer``, ``layer_2`` …; bare names are of `LAYERS`."""
    nodes = tuple(
        ModelNode(layer=layer if ":" in layer or layer.startswith("nn.") else f"{LAYERS}:{layer}", name=name)
        for layer, name in zip(layers, ("layer", "layer_2", "layer_3"), strict=False)
    )
    return Variant(name=name, model=nodes, overrides=Overrides(**overrides), weights=dict(weights or {}))


def subjects_of(experiment: Experiment, folder: Path = Path()) -> list[Subject]:
    """Build every variant as a run does."""
    request = run_request(experiment, folder)
    built = []
    for index, one in enumerate(request["experiment"]["variants"]):
        settings = resolve_settings(request["experiment"]["plan"], one["overrides"])
        built.append(Subject(index, one, request, settings))
    return built


def experiment_of(
    *variants: Variant,
    shape: Sequence[int] = (8, 16),
    inputs: Sequence[InputSpec] = (),
    comparison: ComparisonPlan | None = None,
    **plan: Any,
) -> Experiment:
    """Return an experiment with one input of ``shape``, or with ``inputs``."""
    return Experiment(
        variants=variants,
        inputs=tuple(inputs) or (InputSpec(shape=tuple(shape)),),
        plan=RunPlan(**{"device": "cpu", "phase": "backward", **plan}),
        comparison=comparison or ComparisonPlan(),
    )


def sent_about(experiment: Experiment, subjects: Sequence[Subject] | None = None) -> SentMessages:
    """Compare the variants and return all that the worker would send."""
    sent = SentMessages()
    built = subjects_of(experiment) if subjects is None else subjects
    comparison = comparison_of(experiment, built, sent, StopSignal())
    comparison.begin()
    comparison.finish()
    return sent


def comparison_of(
    experiment: Experiment, subjects: Sequence[Subject], sent: SentMessages, stop: StopSignal
) -> WorkComparison:
    """Return what a run makes of its variants."""
    request = run_request(experiment, Path())["experiment"]
    return WorkComparison(subjects, request, sent, stop)  # type: ignore[arg-type]


def compared(baseline: str | Variant, other: str | Variant, **options: Any) -> SameWork:
    """Compare two layers."""
    first = variant("baseline", baseline) if isinstance(baseline, str) else baseline
    second = variant("variant", other) if isinstance(other, str) else other
    (result,) = sent_about(experiment_of(first, second, **options)).same_work
    return result


def tensor_of(result: SameWork, name: str) -> TensorComparison:
    """Return one tensor's comparison."""
    return next(tensor for tensor in result.tensors if tensor.name == name)


def tolerances(**by_dtype: tuple[float, float]) -> ComparisonPlan:
    """Return a plan with (relative, absolute) for each dtype."""
    chosen = {name: Tolerance(relative=r, absolute=a) for name, (r, a) in by_dtype.items()}
    return ComparisonPlan(tolerances=chosen)
