"""A layer's example arguments, fitted to the shape that arrives where it is inserted."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from engine.experiment.experiment import Experiment
from engine.experiment.model_tree import node_at, siblings_at
from engine.experiment.naming import Position
from engine.host.inspection import CatalogLayer, NodeShape
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import ProblemError
from gui.project.inspection import Inspection
from gui.project.selection import NodeAddress

Shape = tuple[int, ...]

# Parameters that must be the size of the last dimension, and of the channel dimension (1).
_LAST = ("in_features", "input_size", "d_model", "embed_dim", "normalized_shape", "in1_features")
_LAST_ALIASES = ("features", "dim", "hidden_size", "dimension", "size", "width", "n_embd", "model_dim")
_CHANNELS = ("in_channels", "num_channels", "num_features")
# What an example builds as large as its input stays as large as its input.
_MIRRORED = {"out_features": "in_features", "out_channels": "in_channels", "in2_features": "in1_features"}
_DIVIDES = {
    "nhead": "d_model",
    "num_heads": "embed_dim",
    "num_groups": "num_channels",
    "groups": "in_channels",
}
_TENSOR = re.compile(r"\(?(\d+(?:×\d+)*)")


def adapted_layer(layer: CatalogLayer, arriving: Shape | None) -> str:
    """Return the layer's text for a model, fitted to ``arriving`` where its parameters say how."""
    text = layer.example or f"{layer.target}()"
    if not arriving:
        return text
    try:
        call = parse_layer(text)
    except ProblemError:
        return text
    names = [parameter.name for parameter in layer.parameters if not parameter.keyword_only]
    values = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
    sizes = _sizes(layer, values, arriving)
    args = tuple(sizes.get(name, value) for name, value in zip(names, call.args, strict=False))
    kwargs = {name: sizes.get(name, value) for name, value in call.kwargs.items()}
    return str(LayerCall(call.target, args + call.args[len(names) :], kwargs))


def arriving_shape(
    experiment: Experiment, inspection: Inspection, parent: NodeAddress, index: int
) -> Shape | None:
    """Return the shape that reaches the gap ``index`` among the children of ``parent``, if known."""
    variant, position = parent
    if position and node_at(experiment.variants[variant].model, position).container == "parallel":
        return arriving_shape(experiment, inspection, *_before(parent))
    model = experiment.variants[variant].model
    siblings = siblings_at(model, (*position, 0))
    for earlier in reversed(range(index)):
        if siblings[earlier].enabled:
            return _shape(inspection.shape_at(variant, (*position, earlier)))
    if position:
        return arriving_shape(experiment, inspection, *_before(parent))
    return experiment.inputs[0].shape if experiment.inputs else None


def _before(address: NodeAddress) -> tuple[NodeAddress, int]:
    position: Position = address.position
    return NodeAddress(address.variant, position[:-1]), position[-1]


def _shape(found: NodeShape | None) -> Shape | None:
    match = _TENSOR.match(found.output) if found else None
    return tuple(int(size) for size in match[1].split("×")) if match else None


def _sizes(layer: CatalogLayer, values: Mapping[str, Any], arriving: Shape) -> dict[str, Any]:
    example = layer.example_shapes[0] if layer.example_shapes else ()
    last, channels = arriving[-1], arriving[1] if len(arriving) > 1 else None
    same_rank = not example or len(example) == len(arriving)
    sizes: dict[str, Any] = {}
    for name, value in values.items():
        is_custom_size = layer.file and name in _LAST_ALIASES and example and value == example[-1]
        if name in _LAST or is_custom_size:
            sizes[name] = _like(value, last)
        elif name in _CHANNELS and channels is not None and same_rank and isinstance(value, int):
            sizes[name] = channels
    for name, source in _MIRRORED.items():
        if source in sizes and values.get(name) == values.get(source) and name in values:
            sizes[name] = sizes[source]
    return {**sizes, **_divisors(values, sizes)}


def _like(value: Any, size: int) -> Any:
    return type(value)((size,)) if isinstance(value, (tuple, list)) else size


def _divisors(values: Mapping[str, Any], sizes: Mapping[str, Any]) -> dict[str, Any]:
    """Heads and groups must divide what they split: take the nearest that does."""
    result = {}
    for part, whole in _DIVIDES.items():
        if whole in sizes and isinstance(values.get(part), int):
            result[part] = math.gcd(values[part], sizes[whole]) or 1
    return result
