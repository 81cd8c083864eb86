"""softmax(Q Kᵀ · scale + mask) V written out, which `scaled_dot_product_attention` does in one call."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.worker.checks.by_hand.confirm import Alternative, Suspect, Tensors, confirmed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import CASTS, PASSED_ON, RESHAPES, CallGraph
from engine.worker.checks.recorded.step import whole_step
from engine.worker.checks.recorded.values import Ref
from engine.worker.checks.specimen import Specimen

_PRODUCTS = frozenset({"matmul", "bmm", "mm", "einsum"})
_SCALES = frozenset({"div", "div_", "true_divide", "mul", "mul_", "multiply"})
_MASKS = frozenset({"add", "add_", "sub", "masked_fill", "masked_fill_", "where"})
_ALL = _PRODUCTS | _SCALES | _MASKS | RESHAPES | CASTS | PASSED_ON | {"softmax"}


@dataclass(frozen=True)
class _Scores:
    """How the argument of softmax came from the product of queries and keys.

    ``masks`` are (call's name, value, factor) from the inside out; a mask that was added before a factor
    is multiplied by it.
    """

    product: RecordedCall
    scale: float
    masks: Tuple[Tuple[str, int, float], ...]


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    softmaxes = [call for call in record.calls if call.name == "softmax" and call.place.line]
    suspects = [found for call in softmaxes for found in _suspects(call, graph)]
    yield from confirmed(specimen, record, suspects)


def _suspects(softmax: RecordedCall, graph: CallGraph) -> Iterator[Suspect]:
    scores = _scores(softmax, graph)
    if scores is None:
        return
    for weighted in _products_with(softmax.outputs[0], graph):
        calls = graph.between(_operands(scores.product)[0], weighted, _ALL | PASSED_ON)
        if calls is not None and softmax in calls:
            stored = graph.values[softmax.outputs[0]].nbytes
            what = f"The attention weights ({_size(stored)}) are stored and read again at each step."
            yield Suspect(calls, (_alternative(scores, weighted),), "aten::_softmax", what)


def _scores(softmax: RecordedCall, graph: CallGraph) -> Optional[_Scores]:
    """Follow the argument of softmax back to a product, through factors and masks."""
    number, scale = softmax.inputs[0], 1.0
    masks: List[Tuple[str, int, float]] = []
    maker = graph.maker(number)
    while maker is not None and maker.name not in _PRODUCTS:
        if maker.name in _SCALES:
            factor = _factor(maker)
            if factor is None:
                return None
            scale *= factor
            number = maker.inputs[0]
        elif maker.name in _MASKS:
            mask = _mask(maker, scale)
            if mask is None:
                return None
            number, found = mask
            masks.insert(0, found)
        elif maker.name in CASTS and maker.inputs:
            number = maker.inputs[0]
        else:
            return None
        maker = graph.maker(number)
    if maker is None or not maker.place.line or len(_operands(maker)) != 2:
        return None
    return _Scores(maker, scale, tuple(masks))


def _factor(call: RecordedCall) -> Optional[float]:
    other = [arg for arg in call.args if not isinstance(arg, Ref)]
    if len(call.inputs) != 1 or len(other) != 1 or not isinstance(other[0], (int, float)) or not other[0]:
        return None
    return 1.0 / other[0] if call.name in ("div", "div_", "true_divide") else float(other[0])


def _mask(call: RecordedCall, scale: float) -> "Tuple[int, Tuple[str, int, float]] | None":
    """Return what a mask was laid over, and the mask."""
    refs = call.inputs
    name = call.name.rstrip("_")
    if name == "where":
        return (refs[1], ("where", refs[0], scale)) if len(refs) in (2, 3) else None
    if len(refs) < 2 or name == "sub":
        return None
    return refs[0], (name, refs[1], scale)


def _products_with(weights: int, graph: CallGraph) -> Iterator[RecordedCall]:
    waiting = [weights]
    for number in waiting:
        for call in graph.readers(number):
            if call.name in _PRODUCTS and call.place.line and _operands(call)[:1] == [number]:
                yield call
            elif call.name in PASSED_ON | CASTS:
                waiting += call.outputs


def _operands(call: RecordedCall) -> List[int]:
    return [arg.number for arg in call.args if isinstance(arg, Ref)]


def _alternative(scores: _Scores, weighted: RecordedCall) -> Alternative:
    query, key = _operands(scores.product)
    value = _operands(weighted)[1]

    def prepare(values: Tensors) -> Callable[[], Tensor]:
        q, k = _heads_first(scores.product, values[query], values[key])
        v, finish = _values_first(weighted, values[value])
        options = {**_mask_options(scores, values, q, k), "scale": scores.scale}
        return lambda: finish(F.scaled_dot_product_attention(q(), k(), v(), **options))

    reads = (query, key, value, *(number for _, number, _ in scores.masks))
    return Alternative("F.scaled_dot_product_attention(query, key, value)", reads, prepare)


_Made = Callable[[], Tensor]


def _heads_first(product: RecordedCall, query: Tensor, key: Tensor) -> Tuple[_Made, _Made]:
    """Return queries and keys as (…, length, features), whichever way the product wrote them."""
    if product.name != "einsum":
        return (lambda: query), (lambda: key.mT)
    first, second, out = _letters(product)
    (inner,) = set(first) & set(second) - set(out)
    batch = out[:-2]
    return (
        lambda: _permuted(query, first, f"{batch}{out[-2]}{inner}"),
        lambda: _permuted(key, second, f"{batch}{out[-1]}{inner}"),
    )


def _values_first(product: RecordedCall, value: Tensor) -> Tuple[_Made, Callable[[Tensor], Tensor]]:
    """Return the values as (…, length, features), and what brings the result into the product's order."""
    if product.name != "einsum":
        return (lambda: value), (lambda out: out)
    first, second, out = _letters(product)
    batch, row, column = first[:-2], first[-2], first[-1]
    (feature,) = set(second) - set(first)
    return (
        lambda: _permuted(value, second, f"{batch}{column}{feature}"),
        lambda made: _permuted(made, f"{batch}{row}{feature}", out),
    )


def _letters(product: RecordedCall) -> Tuple[str, str, str]:
    inputs, out = str(product.args[0]).replace(" ", "").split("->")
    first, second = inputs.split(",")
    return first, second, out


def _permuted(tensor: Tensor, letters: str, wanted: str) -> Tensor:
    return tensor.permute([letters.index(letter) for letter in wanted])


def _mask_options(scores: _Scores, values: Tensors, query: _Made, key: _Made) -> Dict[str, Any]:
    with torch.no_grad():
        shape = (query().shape[-2], key().shape[-2])
        bias = query().new_zeros(shape)
        for name, number, factor in scores.masks:
            mask = values[number]
            if name == "masked_fill":
                bias = bias.masked_fill(mask, -math.inf)
            elif name == "where":
                bias = bias.masked_fill(~mask, -math.inf)
            else:
                bias = bias + mask * factor
        if not scores.masks:
            return {}
        later = torch.ones(shape, dtype=torch.bool, device=bias.device).triu(1)
        causal = torch.zeros_like(bias[..., :, :]).masked_fill(later, -math.inf)
        # Every number below any score hides as well as minus infinity does.
        hidden = torch.where(bias < -1e4, -math.inf, bias)
        return {"is_causal": True} if torch.equal(hidden, causal) else {"attn_mask": bias}


def _size(count: int) -> str:
    return f"{count / 2**20:.3g} MiB" if count >= 2**20 else f"{count / 2**10:.3g} KiB"


CHECKS: Tuple[Check, ...] = (
    Check(
        name="attention_by_hand",
        title="Attention by hand",
        group="speed",
        severity="advice",
        why=(
            "By hand, the weights of all positions with all positions are written to memory and read again: "
            "memory and traffic grow with the square of the length. The built-in call works through "
            "them in tiles."
        ),
        mend=(
            "Use torch.nn.functional.scaled_dot_product_attention(query, key, value, is_causal=…, "
            "dropout_p=…), "
            "with tensors of (batch, heads, length, features)."
        ),
        examine=_examine,
    ),
)
