"""One size of an experiment, wherever it stands: in the arguments of layers and the shapes of inputs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import walk
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import ProblemError


def sizes_of(experiment: Experiment) -> Counter[int]:
    """Return every whole number with how often it stands in layer arguments and input shapes."""
    found: Counter[int] = Counter()
    for variant in experiment.variants:
        for _, node in walk(variant.model):
            if node.layer:
                found.update(_numbers(parse_layer(node.layer)))
    for spec in experiment.inputs:
        found.update(spec.shape if spec.below is None else (*spec.shape, spec.below))
    return found


def with_size(experiment: Experiment, size: int, value: int) -> Experiment:
    """Return the experiment with every ``size`` replaced. Raises `ProblemError` if there is none.

    True and 512.0 are no sizes. ``below`` of integer inputs counts as one: it is that of an embedding.
    """
    if not sizes_of(experiment)[size]:
        raise ProblemError(
            f"Nothing here has the size {size}.",
            hint="Name a size that stands in the arguments of a layer or in the shape of an input.",
        )
    return replace(
        experiment,
        variants=tuple(_sized_variant(variant, size, value) for variant in experiment.variants),
        inputs=tuple(_sized_input(spec, size, value) for spec in experiment.inputs),
    )


def _sized_variant(variant: Variant, size: int, value: int) -> Variant:
    return replace(variant, model=tuple(_sized_node(node, size, value) for node in variant.model))


def _sized_node(node: ModelNode, size: int, value: int) -> ModelNode:
    children = tuple(_sized_node(child, size, value) for child in node.children)
    layer = str(_sized(parse_layer(node.layer), size, value)) if node.layer else ""
    return replace(node, layer=layer, children=children)


def _sized_input(spec: InputSpec, size: int, value: int) -> InputSpec:
    below = value if spec.below == size else spec.below
    return replace(spec, shape=_sized(spec.shape, size, value), below=below)


def _sized(given: Any, size: int, value: int) -> Any:
    match given:
        case bool():
            return given
        case int():
            return value if given == size else given
        case LayerCall():
            args, kwargs = _sized(given.args, size, value), _sized(given.kwargs, size, value)
            return replace(given, args=args, kwargs=kwargs)
        case tuple() | list():
            return type(given)(_sized(item, size, value) for item in given)
        case Mapping():
            return {key: _sized(item, size, value) for key, item in given.items()}
    return given


def _numbers(given: Any) -> Iterator[int]:
    match given:
        case bool():
            return
        case int():
            yield given
        case LayerCall():
            yield from _numbers((*given.args, *given.kwargs.values()))
        case tuple() | list():
            for item in given:
                yield from _numbers(item)
        case Mapping():
            yield from _numbers(tuple(given.values()))
