"""An example of each layer that builds, and inputs it accepts: guessed from names, then tried.

Arguments come from the parameters' names and annotations, input shapes from the arguments and the
class's name. Nothing is listed by class, so that layers of later torch versions get examples too.
"""

from __future__ import annotations

import inspect
import re
import warnings
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

import torch
from torch import nn

from engine.wire.layer_call import LayerCall
from engine.wire.problem import ProblemError
from engine.worker.model.build import build_layer
from engine.worker.model.containers import Model
from engine.worker.model.inputs import make_inputs
from engine.worker.model.passing import output_tensors
from engine.worker.model.torch_state import preserved_torch_state

InputSpecs = List[Dict[str, Any]]

# What a parameter of this name gets, so that the values fit together.
_BY_NAME: Dict[str, Any] = {
    "in_features": 10,
    "out_features": 10,
    "in1_features": 10,
    "in2_features": 10,
    "num_features": 16,
    "in_channels": 3,
    "out_channels": 16,
    "num_channels": 16,
    "channels": 16,
    "kernel_size": 3,
    "num_groups": 4,
    "groups": 2,
    "normalized_shape": 10,
    "num_embeddings": 1000,
    "num_classes": 10,
    "n_classes": 100,
    "cutoffs": [10, 50],
    "embedding_dim": 64,
    "embed_dim": 64,
    "num_heads": 4,
    "d_model": 64,
    "nhead": 4,
    "heads": 4,
    "num_layers": 2,
    "encoder_layer": LayerCall("nn.TransformerEncoderLayer", (64, 4), {"batch_first": True}),
    "decoder_layer": LayerCall("nn.TransformerDecoderLayer", (64, 4), {"batch_first": True}),
    "input_size": 10,
    "hidden_size": 20,
    "output_size": 4,
    "norm_type": 2,
    "padding": 1,
    "size": 3,
    "threshold": 0.1,
    "value": 0.0,
    "dim": 1,
    "unflattened_size": (2, 5),
    "upscale_factor": 2,
    "downscale_factor": 2,
    "features": 64,
    "width": 64,
    "hidden": 64,
    "hidden_dim": 64,
    "input_dim": 64,
    "in_dim": 64,
    "output_dim": 64,
    "out_dim": 64,
    "n_embd": 64,
    "n_head": 4,
    "n_heads": 4,
    "vocab_size": 1000,
}
_A_LAYER = LayerCall("nn.Linear", (10, 10))
# Optional parameters that many layers can't do without, tried one after the other.
_OPTIONAL: Sequence[Dict[str, Any]] = (
    {"scale_factor": 2},
    {"output_size": 4},
    {"size": 8},
    {"div_value": 2.0},
)
# Defaults that are too large to try (nn.Transformer has 44 million parameters), or warn (dim=None).
_INSTEAD_OF_DEFAULT = {"d_model": 64, "nhead": 4}
_FEATURES = (
    *("in_features", "in1_features", "normalized_shape", "embed_dim", "d_model", "input_size"),
    *("features", "width", "input_dim", "in_dim", "n_embd", "dim", "hidden_dim", "hidden"),
)
_CHANNELS = ("in_channels", "num_features", "num_channels", "channels")
_BY_ANNOTATION = {int: 10, float: 0.5, bool: True, "int": 10, "float": 0.5, "bool": True}


@dataclass(frozen=True)
class Example:
    """A layer's text that builds; ``inputs`` are `InputSpec`s (as JSON) it accepts, or nothing is known."""

    text: str
    inputs: Tuple[Dict[str, Any], ...] = ()


def find_example(
    target: str, parameters: Sequence[inspect.Parameter], base_directory: str, device: str
) -> Optional[Example]:
    """Return an example of the layer, with inputs if any that were tried fit; None if none builds.

    Layers are built and called on ``device``: "cpu" proves most, "meta" costs custom code least.
    """
    found: List[Tuple[bool, bool, Example]] = []
    with preserved_torch_state(), torch.no_grad(), torch.device(device):
        # Tensors this small gain nothing from a second thread, and lose much on a busy machine.
        torch.set_num_threads(1)
        for call in _calls(target, parameters):
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                layer = _built(call, base_directory, device)
                inputs = accepted_inputs(layer, call, parameters, device) if layer is not None else None
            if layer is not None:
                found.append((inputs is None, bool(warned), Example(str(call), tuple(inputs or ()))))
            if inputs is not None and not warned:
                break
    # One that takes inputs is better than one that only builds, and one without warnings better still.
    return min(found, key=lambda item: item[:2])[2] if found else None


def _calls(target: str, parameters: Sequence[inspect.Parameter]) -> Iterator[LayerCall]:
    args: List[Any] = []
    kwargs: Dict[str, Any] = {}
    for parameter in parameters:
        value = _value_for(parameter)
        if value is _LEFT_OUT:
            continue
        if value is None:
            return
        in_order = parameter.kind is not parameter.KEYWORD_ONLY and not kwargs
        if in_order and len(args) == parameters.index(parameter):
            args.append(value)
        else:
            kwargs[parameter.name] = value
    yield LayerCall(target, tuple(args), kwargs)
    names = {parameter.name for parameter in parameters}
    if "dim" in names and 1 in args:
        # Torch's dim is the number of a dimension; in a person's layer it is often a width.
        yield LayerCall(target, tuple(64 if value == 1 else value for value in args), kwargs)
    for more in _OPTIONAL:
        if set(more) <= names - set(kwargs):
            yield LayerCall(target, tuple(args), {**kwargs, **more})


_LEFT_OUT: Any = object()


def _value_for(parameter: inspect.Parameter) -> Any:
    """Return what to give for a parameter: a value, `_LEFT_OUT`, or None if there is no guess."""
    if parameter.kind is parameter.VAR_KEYWORD:
        return _LEFT_OUT
    if parameter.kind is parameter.VAR_POSITIONAL:
        return _A_LAYER if "Module" in str(parameter.annotation) else _LEFT_OUT
    if parameter.default is not parameter.empty:
        if parameter.name == "dim" and parameter.default is None:
            return -1
        has_default = isinstance(parameter.default, int) and parameter.name in _INSTEAD_OF_DEFAULT
        return _INSTEAD_OF_DEFAULT[parameter.name] if has_default else _LEFT_OUT
    if parameter.name in _BY_NAME:
        return _BY_NAME[parameter.name]
    try:
        return _BY_ANNOTATION.get(parameter.annotation)
    except TypeError:  # An annotation that can't be hashed.
        return None


def _built(call: LayerCall, base_directory: str, device: str) -> Optional[nn.Module]:
    try:
        layer = build_layer(str(call), base_directory)
    except ProblemError:
        return None
    try:
        return Model([("layer", layer)]).to(device)
    except (RuntimeError, NotImplementedError):
        return None


def accepted_inputs(
    model: nn.Module, call: LayerCall, parameters: Sequence[inspect.Parameter], device: str
) -> Optional[InputSpecs]:
    """Return inputs (`InputSpec`s as JSON) that a model takes whose first layer is ``call``, or None."""
    names = [parameter.name for parameter in parameters]
    given = {**dict(zip(names, call.args, strict=False)), **call.kwargs}
    for specs in _candidates(call.type_name, given):
        try:
            with preserved_torch_state():
                output_tensors(model(*make_inputs(specs, torch.float32, device, 0)))
        except KeyboardInterrupt:
            raise
        except BaseException:  # A custom layer may raise anything; all of it means no.
            continue
        return specs
    return None


def _candidates(type_name: str, given: Dict[str, Any]) -> Iterator[InputSpecs]:
    shapes = list(_shapes(type_name, given))
    # One tensor is enough for most layers: those that require more get it again.
    for shape in shapes:
        yield [_normal(shape)]
    below = given.get("num_embeddings", given.get("vocab_size", 10))
    for shape in ((32, 16), (32,)):
        yield [_integers(shape, below)]
    features = shapes[0]
    yield [_uniform(features)]
    pair, batch = (32, 10), (32,)
    yield [_normal(pair), _integers(pair)]
    yield [_normal(pair), _integers(batch)]
    yield [_normal(pair), _normal(pair), _normal(batch)]
    yield [_normal(features), _integers(features)]
    yield [_normal((50, 32, 20)), _integers((32, 10)), _integers(batch), _integers(batch)]
    yield [_normal(pair), _normal((10, 10)), _integers(batch)]


def _shapes(type_name: str, given: Dict[str, Any]) -> Iterator[Tuple[int, ...]]:
    sizes = {name: value for name, value in given.items() if isinstance(value, int) and value > 1}
    features = next((sizes[name] for name in _FEATURES if name in sizes), None)
    inner = next((c.args[0] for c in given.values() if isinstance(c, LayerCall) and c.args), None)
    width = features or inner or 10
    channels = next((sizes[name] for name in _CHANNELS if name in sizes), 4)
    images = {"1": (8, channels, 32), "2": (8, channels, 32, 32), "3": (2, channels, 16, 16, 16)}
    digit = re.search(r"([123])d$", type_name)
    if digit:
        yield images[digit[1]]
    if re.search(r"Attention|Transformer|RNN$|LSTM$|GRU$", type_name):
        yield (16, 8, width)
    yield (32, width)
    yield images["2"]
    yield (16, 8, width)
    yield images["1"]
    yield images["3"]
    # What nn.Fold undoes: blocks of 3×3 in 4 channels, at 2×2 places.
    yield (8, 36, 4)


def _normal(shape: Tuple[int, ...]) -> Dict[str, Any]:
    return {"shape": list(shape), "dtype": None, "distribution": "normal", "below": None}


def _uniform(shape: Tuple[int, ...]) -> Dict[str, Any]:
    return {**_normal(shape), "distribution": "uniform"}


def _integers(shape: Tuple[int, ...], below: int = 10) -> Dict[str, Any]:
    return {**_normal(shape), "distribution": "integers", "below": below}
