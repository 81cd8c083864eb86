"""Subjects for tests: a model in a line, built as a worker builds it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Optimizer, RunPlan
from engine.host.run_request import run_request
from engine.worker.run.settings import Settings, resolve_settings
from engine.worker.run.subject import Subject

# So small a rate that no step of a test changes what the next one computes by much.
PLAN = RunPlan(device="cpu", optimizer=Optimizer(learning_rate=0.001))


def request_of(
    layers: Mapping[str, str], shape: Sequence[int], folder: Path = Path(), **plan: Any
) -> dict[str, Any]:
    """Return the request for one variant of the named layers in sequence; ``plan`` differs from `PLAN`."""
    nodes = tuple(ModelNode(layer=layer, name=name) for name, layer in layers.items())
    experiment = Experiment(
        variants=(Variant(name="mine", model=nodes),),
        inputs=(InputSpec(shape=tuple(shape)),),
        plan=replace(PLAN, **plan),
    )
    return run_request(experiment, folder)


def settings_in(request: dict[str, Any]) -> Settings:
    """Return the settings that a request's only variant runs with."""
    return resolve_settings(request["experiment"]["plan"], {})


def subject_of(
    layers: Mapping[str, str], shape: Sequence[int], folder: Path = Path(), **plan: Any
) -> Subject:
    """Return the subject of `request_of`, built and not yet stepped."""
    request = request_of(layers, shape, folder, **plan)
    return Subject(0, request["experiment"]["variants"][0], request, settings_in(request))
