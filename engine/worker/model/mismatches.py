"""What torch's own layers expect of their input, compared with what they get.

Each rule reads the layer's attributes and the input's shape, not torch's message: messages change
from version to version, and many name neither the layer nor the parameter.
"""

from __future__ import annotations

import re
from typing import Any, Callable, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from engine.worker.model.containers import Parallel, Residual
from engine.worker.model.failing_layer import FailingLayer
from engine.worker.model.inputs import shape_text

_DTYPE_WORDS = re.compile(r"type|Half|Float|Double|Long|Int|Complex|Char|Byte|Bool")
# What it expects and gets, and what to set.
Mismatch = Tuple[str, str]
Rule = Callable[[Any, Sequence[Tensor]], Optional[Mismatch]]


def find_mismatch(failing: FailingLayer, message: str = "dtype") -> Optional[Mismatch]:
    """Return what a layer expects, and what it gets instead, and what to set; None if all fits.

    Dtypes are compared only if torch's ``message`` speaks of them: under autocast they may differ.
    """
    if isinstance(failing.layer, Residual):
        return _residual(failing)
    if isinstance(failing.layer, Parallel):
        return _parallel(failing)
    tensors = [value for value in (*failing.args, *failing.kwargs.values()) if isinstance(value, Tensor)]
    if not tensors:
        return None
    for kinds, rule in _RULES:
        if isinstance(failing.layer, kinds):
            found = rule(failing.layer, tensors)
            if found is not None:
                return found
    return _dtype(failing.layer, tensors) if _DTYPE_WORDS.search(message) else None


def name_of(dtype: torch.dtype) -> str:
    """Return ``float32`` for ``torch.float32``."""
    return str(dtype).replace("torch.", "")


def _features(what: str, parameter: str, wanted: int, x: Tensor, dim: int = -1) -> Optional[Mismatch]:
    if x.dim() == 0:
        return "expects an input with at least one dimension but gets a scalar.", "Give the input a shape."
    got = x.shape[dim]
    if got == wanted:
        return None
    return f"expects {wanted} {what} but gets {got}{_of(x)}.", f"Set {parameter}={got}"


def _text(x: Tensor) -> str:
    return shape_text(tuple(x.shape))


def _of(x: Tensor) -> str:
    return f" (its input is {_text(x)})" if x.dim() > 1 else ""


def _linear(layer: nn.Linear, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    return _features("input features", "in_features", layer.in_features, tensors[0])


def _bilinear(layer: nn.Bilinear, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    first = _features("features in its first input", "in1_features", layer.in1_features, tensors[0])
    second = _features("features in its second input", "in2_features", layer.in2_features, tensors[-1])
    return first or second


_SPATIAL = {1: "length", 2: "height×width", 3: "depth×height×width"}


def _rank(dims: int, x: Tensor, unbatched: bool = True) -> Optional[Mismatch]:
    allowed = (dims + 1, dims + 2) if unbatched else (dims + 2,)
    if x.dim() in allowed:
        return None
    what = f"expects an input of batch×channels×{_SPATIAL[dims]} but gets {_text(x)}."
    advice = "Give it an input with that many dimensions"
    if x.dim() == 2 and dims > 1:
        advice += ", put nn.Unflatten before it"
    return what, advice


def _convolution(layer: Any, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    x, dims = tensors[0], len(layer.kernel_size)
    found = _rank(dims, x) or _features("input channels", "in_channels", layer.in_channels, x, -dims - 1)
    if found or layer.transposed or isinstance(layer.padding, str):
        return found
    for size, kernel, pad, gap in zip(
        x.shape[-dims:], layer.kernel_size, layer.padding, layer.dilation, strict=True
    ):
        reach = gap * (kernel - 1) + 1
        if size + 2 * pad < reach:
            what = f"has a kernel that spans {reach} but its padded input spans {size + 2 * pad}{_of(x)}."
            return what, "Set a smaller kernel_size, or more padding"
    return None


def _pooling(layer: nn.Module, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    dims = next((int(c) for c in type(layer).__name__ if c.isdigit()), 0)
    return _rank(dims, tensors[0]) if dims in _SPATIAL else None


def _batch_norm(layer: Any, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    x = tensors[0]
    dims = next((int(c) for c in type(layer).__name__ if c.isdigit()), 0)
    instance = "Instance" in type(layer).__name__
    if dims == 1 and not instance:
        if x.dim() not in (2, 3):
            text = _text(x)
            return f"expects an input of batch×features or batch×channels×length but gets {text}.", (
                "Give it an input with 2 or 3 dimensions"
            )
    elif dims in _SPATIAL and (found := _rank(dims, x, unbatched=instance)):
        return found
    channel = 0 if instance and x.dim() == dims + 1 else 1
    if layer.affine or layer.track_running_stats:
        found = _features("channels", "num_features", layer.num_features, x, channel)
        if found:
            return found
    if layer.training and x.numel() == x.shape[channel] and not instance:
        what = f"can't normalise one value per channel in train mode (its input is {_text(x)})."
        return what, "Use a batch of 2 or more, eval mode"
    return None


def _group_norm(layer: nn.GroupNorm, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    x = tensors[0]
    if x.dim() < 2:
        return (
            f"expects an input of batch×channels×… but gets {_text(x)}.",
            "Add channels",
        )
    return _features("channels", "num_channels", layer.num_channels, x, 1)


def _layer_norm(layer: Any, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    wanted, shape = tuple(layer.normalized_shape), tuple(tensors[0].shape)
    if shape[-len(wanted) :] == wanted:
        return None
    got = shape[-len(wanted) :]
    if len(wanted) == 1 and shape:
        what = f"expects a last dimension of {wanted[0]} but gets {got[0]}{_of(tensors[0])}."
        return what, f"Set normalized_shape={got[0]}"
    what = f"normalises the last dimensions {shape_text(wanted)} but gets {shape_text(shape)}."
    return what, f"Set normalized_shape={got}"


def _embedding(layer: Any, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    x = tensors[0]
    if x.dtype not in (torch.int32, torch.int64):
        what = f"expects whole-number indices but gets {name_of(x.dtype)}."
        return what, f"Set the input's distribution to integers below {layer.num_embeddings}"
    if x.is_meta or x.numel() == 0:
        return None
    low, high = int(x.min()), int(x.max())
    if low < 0 or high >= layer.num_embeddings:
        worst = high if high >= layer.num_embeddings else low
        what = f"has indices 0 to {layer.num_embeddings - 1} but gets {worst}."
        return what, f"Set num_embeddings={high + 1}, keep the input's integers below {layer.num_embeddings}"
    return None


def _attention(layer: nn.MultiheadAttention, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    x = tensors[0]
    if x.dim() not in (2, 3):
        order = "batch×sequence" if layer.batch_first else "sequence×batch"
        what = f"expects an input of {order}×{layer.embed_dim} but gets {_text(x)}."
        return what, "Give it an input with 3 dimensions"
    wanted = ((layer.embed_dim, "query"), (layer.kdim, "key"), (layer.vdim, "value"))
    for (size, role), tensor in zip(wanted, tensors, strict=False):
        parameter = {"query": "embed_dim", "key": "kdim", "value": "vdim"}[role]
        found = _features(f"features in its {role}", parameter, int(size or 0), tensor)
        if found:
            return found
    return None


def _transformer_layer(layer: Any, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    return _features("features", "d_model", layer.self_attn.embed_dim, tensors[0])


def _transformer_stack(layer: Any, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    first = layer.layers[0] if len(layer.layers) else None
    known = isinstance(first, (nn.TransformerEncoderLayer, nn.TransformerDecoderLayer))
    return _transformer_layer(first, tensors) if known else None


def _transformer(layer: nn.Transformer, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    return _features("features", "d_model", layer.d_model, tensors[0])


def _recurrent(layer: nn.RNNBase, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    x = tensors[0]
    if x.dim() not in (2, 3):
        order = "batch×sequence" if layer.batch_first else "sequence×batch"
        what = f"expects an input of {order}×{layer.input_size} but gets {_text(x)}."
        return what, "Give it an input with 3 dimensions"
    return _features("input features", "input_size", layer.input_size, x)


def _recurrent_cell(layer: Any, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    return _features("input features", "input_size", layer.input_size, tensors[0])


def _dtype(layer: nn.Module, tensors: Sequence[Tensor]) -> Optional[Mismatch]:
    own, got = parameter_dtype(layer), name_of(tensors[0].dtype)
    if own is None or own == got:
        return None
    if not (tensors[0].is_floating_point() or tensors[0].is_complex()):
        return f"computes in {own} but gets {got}.", "Give the input a floating dtype"
    return f"has {own} parameters but gets a {got} input.", f"Give the input the dtype {own}"


def parameter_dtype(layer: nn.Module) -> Optional[str]:
    """Return the dtype of the layer's own first floating parameter; None if it has none."""
    own = (p.dtype for p in layer.parameters(recurse=False) if p.is_floating_point() or p.is_complex())
    return next((name_of(dtype) for dtype in own), None)


def _residual(failing: FailingLayer) -> Optional[Mismatch]:
    x, y = failing.values.get("x"), failing.values.get("y")
    if not (isinstance(x, Tensor) and isinstance(y, Tensor)):
        return None
    before, after = _text(x), _text(y)
    what = f"adds its input of {before} to what its layers return, {after}: the shapes must be equal."
    return what, f"Let the last layer in it return {before}"


def _parallel(failing: FailingLayer) -> Optional[Mismatch]:
    outputs: List[Any] = failing.values.get("outputs", [])
    if len(outputs) < 2 or not all(isinstance(output, Tensor) for output in outputs):
        return None
    shapes = [tuple(output.shape) for output in outputs]
    texts = " and ".join(shape_text(shape) for shape in shapes)
    layer = failing.layer
    assert isinstance(layer, Parallel)
    if layer.combine != "concatenate":
        return (
            f"adds branches that return {texts}: the shapes must be equal.",
            "Let its branches return one shape",
        )
    what = f"joins branches that return {texts} along dimension {layer.dim}: all other sizes must be equal."
    fitting = [dim for dim in range(len(shapes[0])) if _joins(shapes, dim)]
    return what, f"Set dim={fitting[-1]}" if fitting else "Let its branches return matching shapes"


def _joins(shapes: Sequence[Tuple[int, ...]], dim: int) -> bool:
    return (
        len({(*shape[:dim], *shape[dim + 1 :]) for shape in shapes}) == 1 and len(set(map(len, shapes))) == 1
    )


_POOLS = tuple(
    value
    for name, value in vars(nn).items()
    if isinstance(value, type) and "Pool" in name and "Unpool" not in name and name[-1] == "d"
)
_RULES: List[Tuple[Any, Rule]] = [
    (nn.Linear, _linear),
    (nn.Bilinear, _bilinear),
    (nn.modules.conv._ConvNd, _convolution),
    (_POOLS, _pooling),
    (nn.modules.batchnorm._NormBase, _batch_norm),
    (nn.GroupNorm, _group_norm),
    ((nn.LayerNorm, nn.RMSNorm), _layer_norm),
    ((nn.Embedding, nn.EmbeddingBag), _embedding),
    (nn.MultiheadAttention, _attention),
    ((nn.TransformerEncoderLayer, nn.TransformerDecoderLayer), _transformer_layer),
    ((nn.TransformerEncoder, nn.TransformerDecoder), _transformer_stack),
    (nn.Transformer, _transformer),
    (nn.RNNBase, _recurrent),
    (nn.RNNCellBase, _recurrent_cell),
]
