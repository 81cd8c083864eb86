"""What an experiment must hold to, beyond the types of its fields."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.project_schema import check_choice, place
from engine.experiment.run_plan import DTYPES, INPUT_DTYPES, Overrides, RunPlan
from engine.experiment.sweep_checks import check_sweep
from engine.wire.layer_call import parse_layer
from engine.wire.problem import ProblemError

MAX_DEPTH = 50
MAX_LAYERS = 100_000
AUTOCAST_DTYPES = ("float16", "bfloat16")
# How many different values an integer dtype holds at and above 0.
_CAPACITY = {"bool": 2, "uint8": 2**8, "int8": 2**7, "int16": 2**15, "int32": 2**31, "int64": 2**63 - 1}


def check_experiment(experiment: Experiment, where: str = "") -> None:
    """Raise `ProblemError` at the first thing that is wrong, with its path in the project.

    A variant without layers passes: it is what a new project looks like. See `check_runnable`.
    """
    check = _Check(where)
    check.that(
        bool(experiment.variants), "variants", "There is no variant.", "Add one with a name and a model."
    )
    _check_variant_names(experiment, check)
    for index, variant in enumerate(experiment.variants):
        _check_variant(variant, f"variants[{index}]", check)
        _check_batch(variant.overrides.batch, experiment.inputs, f"variants[{index}].overrides.batch", check)
    for index, spec in enumerate(experiment.inputs):
        _check_input(spec, f"inputs[{index}]", check)
    _check_plan(experiment.plan, check)
    _check_comparison(experiment, check)
    _check_sweep(experiment, check)


def check_runnable(experiment: Experiment, where: str = "") -> None:
    """Raise `ProblemError` unless the experiment is valid and every variant has an enabled layer."""
    check_experiment(experiment, where)
    check = _Check(where)
    for index, variant in enumerate(experiment.variants):
        check.that(
            any(node.enabled and node.layer for node in _enabled_nodes(variant.model)),
            f"variants[{index}].model",
            f"Variant {variant.name!r} has no layers to run.",
            "Add a layer to it, enable one, or remove the variant.",
        )


@dataclass(frozen=True)
class _Check:
    where: str

    def that(self, holds: bool, path: str, what: str, hint: str) -> None:
        if not holds:
            raise ProblemError(what, place(self.where, path), hint)

    def at_least(self, least: float, value: float | None, path: str) -> None:
        holds = value is None or (math.isfinite(value) and value >= least)
        self.that(holds, path, f"{value} is too small.", f"Write a number of at least {least}.")

    def choice(self, value: str | None, choices: tuple[str, ...], path: str) -> None:
        if value is not None:
            check_choice(value, list(choices), path, self.where)


def _check_variant_names(experiment: Experiment, check: _Check) -> None:
    seen: set[str] = set()
    for index, variant in enumerate(experiment.variants):
        path = f"variants[{index}].name"
        check.that(bool(variant.name.strip()), path, "A variant has no name.", "Give it one.")
        check.that(
            variant.name not in seen, path, f"Two variants are named {variant.name!r}.", "Rename one of them."
        )
        seen.add(variant.name)


def _check_variant(variant: Variant, path: str, check: _Check) -> None:
    _check_nodes(variant.model, f"{path}.model", 1, check)
    layers = sum(_copies(node) for node in variant.model)
    check.that(
        layers <= MAX_LAYERS,
        f"{path}.model",
        f"With its repeats the model has {layers} layers, more than {MAX_LAYERS}.",
        "Repeat less.",
    )
    _check_overrides(variant.overrides, f"{path}.overrides", check)


def _check_nodes(nodes: tuple[ModelNode, ...], path: str, depth: int, check: _Check) -> None:
    check.that(
        depth <= MAX_DEPTH,
        path,
        f"Containers are nested more than {MAX_DEPTH} deep.",
        "Put fewer containers into one another.",
    )
    for index, node in enumerate(nodes):
        here = f"{path}[{index}]"
        _check_node(node, here, check)
        _check_nodes(node.children, f"{here}.children", depth + 1, check)


def _check_node(node: ModelNode, path: str, check: _Check) -> None:
    check.that(
        bool(node.layer) != bool(node.container),
        path,
        "A node is both a layer and a container." if node.layer else "A node is neither layer nor container.",
        'Give it either "layer" or "container".',
    )
    check.that(
        not (node.layer and node.children),
        f"{path}.children",
        "A layer can't hold other nodes.",
        "Put them into a container.",
    )
    check.at_least(1, node.repeat, f"{path}.repeat")
    if node.layer:
        _check_layer(node.layer, f"{path}.layer", check)


def _check_layer(text: str, path: str, check: _Check) -> None:
    try:
        parse_layer(text)
    except ProblemError as error:
        raise ProblemError(error.problem.what, place(check.where, path), error.problem.hint) from None


def _check_overrides(overrides: Overrides, path: str, check: _Check) -> None:
    check.that(overrides.device != "", f"{path}.device", "The device has no name.", _DEVICE_HINT)
    check.choice(overrides.dtype, DTYPES, f"{path}.dtype")
    check.choice(overrides.autocast, AUTOCAST_DTYPES, f"{path}.autocast")
    check.at_least(0, overrides.batch, f"{path}.batch")


def _check_batch(batch: int | None, inputs: tuple[InputSpec, ...], path: str, check: _Check) -> None:
    check.that(
        batch is None or not inputs or any(spec.shape for spec in inputs),
        path,
        "There is no batch to set: no input has a size.",
        "Remove it, or give an input a shape such as [32, 10].",
    )


_DEVICE_HINT = "Write cpu, cuda:0, xpu:0, mps, or auto for the first GPU."


def _check_input(spec: InputSpec, path: str, check: _Check) -> None:
    for axis, size in enumerate(spec.shape):
        check.at_least(0, size, f"{path}.shape[{axis}]")
    check.choice(spec.dtype, INPUT_DTYPES, f"{path}.dtype")
    if spec.distribution == "integers":
        _check_integers(spec, path, check)
        return
    check.that(
        spec.below is None, f"{path}.below", '"below" is for integers.', 'Remove it, or set "distribution".'
    )
    check.that(
        spec.distribution == "zeros" or spec.dtype not in _CAPACITY,
        f"{path}.distribution",
        f"{spec.dtype} can't hold {spec.distribution} numbers.",
        'Write "distribution": "integers" with "below", or a floating dtype.',
    )


def _check_integers(spec: InputSpec, path: str, check: _Check) -> None:
    if spec.below is None:
        raise ProblemError(
            'Integers need "below".', place(check.where, path), 'Write "below": 10 for integers from 0 to 9.'
        )
    check.at_least(1, spec.below, f"{path}.below")
    capacity = _CAPACITY.get(spec.dtype or "int64", 2**63 - 1)
    check.that(
        spec.below <= capacity,
        f"{path}.below",
        f"{spec.dtype or 'int64'} holds no integers up to {spec.below}.",
        f"Write at most {capacity}.",
    )


def _check_comparison(experiment: Experiment, check: _Check) -> None:
    comparison = experiment.comparison
    names = tuple(variant.name for variant in experiment.variants)
    check.choice(comparison.baseline or None, names, "comparison.baseline")
    for dtype, tolerance in comparison.tolerances.items():
        path = f"comparison.tolerances.{dtype}"
        check.choice(dtype, INPUT_DTYPES, path)
        check.at_least(0, tolerance.relative, f"{path}.relative")
        check.at_least(0, tolerance.absolute, f"{path}.absolute")


def _check_sweep(experiment: Experiment, check: _Check) -> None:
    if experiment.sweep is None:
        return
    try:
        check_sweep(experiment.sweep)
    except ProblemError as error:
        raise ProblemError(error.problem.what, place(check.where, "sweep"), error.problem.hint) from None


def _check_plan(plan: RunPlan, check: _Check) -> None:
    check.that(bool(plan.device), "plan.device", "The device has no name.", _DEVICE_HINT)
    check.choice(plan.dtype, DTYPES, "plan.dtype")
    check.choice(plan.autocast, AUTOCAST_DTYPES, "plan.autocast")
    _check_length(plan, check)
    check.at_least(0, plan.warmup, "plan.warmup")
    check.at_least(1, plan.threads, "plan.threads")
    check.at_least(0, plan.optimizer.learning_rate, "plan.optimizer.learning_rate")
    check.that(
        plan.optimizer.name.isidentifier(),
        "plan.optimizer.name",
        f"{plan.optimizer.name!r} is not an optimizer.",
        "Write the name of a class of torch.optim, such as SGD or Adam.",
    )
    check.that(
        0 <= plan.seed < 2**63, "plan.seed", f"{plan.seed} is no seed.", "Write a number from 0 to 2**63 - 1."
    )
    check.that(
        0 <= plan.budget_percent <= 100,
        "plan.budget_percent",
        f"A budget of {plan.budget_percent} % is not possible.",
        "Write a number from 0 (no profiling) to 100 (profile all the time).",
    )


def _check_length(plan: RunPlan, check: _Check) -> None:
    lengths = [
        name
        for name, is_set in (
            ("steps", plan.steps is not None),
            ("seconds", plan.seconds is not None),
            ("until_stable", plan.until_stable),
        )
        if is_set
    ]
    check.that(
        len(lengths) <= 1,
        "plan",
        f"{' and '.join(lengths)} exclude each other.",
        "Set one of steps, seconds and until_stable.",
    )
    check.at_least(1, plan.steps, "plan.steps")
    seconds = plan.seconds
    check.that(
        seconds is None or (math.isfinite(seconds) and seconds > 0),
        "plan.seconds",
        f"A run can't last {seconds} seconds.",
        "Write a number above 0.",
    )


def _copies(node: ModelNode) -> int:
    return node.repeat * max(1, sum(_copies(child) for child in node.children))


def _enabled_nodes(nodes: tuple[ModelNode, ...]) -> Iterator[ModelNode]:
    for node in nodes:
        if node.enabled:
            yield node
            yield from _enabled_nodes(node.children)
