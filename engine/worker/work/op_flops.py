"""The FLOPs of one call of an operator."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Sequence

import torch
from torch import Tensor
from torch.utils.flop_counter import flop_registry

from engine.worker.work.fused_ops import FUSED
from engine.worker.work.op_call import OpCall
from engine.worker.work.op_tables import (
    NO_FLOPS,
    NORMALISATIONS,
    PER_INPUT,
    PER_LAST_INPUT,
    PER_OUTPUT,
    POOLS,
)

# Tags came with different torches: "reduction" with 2.9 or so.
_REDUCTION = getattr(torch.Tag, "reduction", None)


@dataclass(frozen=True)
class OpFlops:
    """``counted`` by a formula for the operator; ``estimated`` from its number of elements."""

    counted: int = 0
    estimated: int = 0


def op_flops(call: OpCall) -> OpFlops | None:
    """Return what a call computes; None if that is not known.

    Matrix products, convolutions and attention by torch's own formulas (`torch.utils.flop_counter`,
    with whatever custom code registered there), a multiplication and an addition being two FLOPs.
    """
    try:
        formula = flop_registry.get(call.packet)
        if formula is not None:
            return OpFlops(counted=int(formula(*call.args, **call.kwargs, out_val=call.out)))
        if call.name in FUSED:
            return OpFlops(counted=FUSED[call.name](call))
        estimated = _estimated(call)
    except Exception:
        # A formula that an unusual call breaks: what it computes is as unknown as can be.
        return None
    return None if estimated is None else OpFlops(estimated=estimated)


def _estimated(call: OpCall) -> int | None:
    name = call.name
    if call.is_view or name in NO_FLOPS or not call.is_aten:
        return 0 if call.is_view or call.is_bookkeeping or call.is_aten else None
    if not call.has_floats:
        # Integers and truth values: work, but none in floating point.
        return 0 if call.is_pointwise or name in PER_INPUT or _is_reduction(call) else None
    if name in NORMALISATIONS:
        without, with_weight = NORMALISATIONS[name]
        return call.inputs[0].numel() * (with_weight if call.argument("weight") is not None else without)
    if name in POOLS:
        return _pool(call)
    return _by_elements(call)


def _by_elements(call: OpCall) -> int | None:
    name = call.name
    if name in PER_LAST_INPUT:
        return PER_LAST_INPUT[name] * call.inputs[-1].numel()
    if name in PER_OUTPUT:
        return PER_OUTPUT[name] * call.results[0].numel()
    if call.is_foreach:
        return sum(tensor.numel() for tensor in call.first_list)
    # The two-operand forms of max and min are pointwise.
    if call.is_pointwise:
        return call.results[0].numel()
    if name in PER_INPUT or _is_reduction(call):
        return PER_INPUT.get(name, 1) * call.inputs[0].numel()
    return None


def _is_reduction(call: OpCall) -> bool:
    return _REDUCTION is not None and _REDUCTION in call.op.tags


def _pool(call: OpCall) -> int:
    kernel = call.argument("kernel_size")
    out: Tensor = call.inputs[0] if call.name.endswith("_backward") else call.results[0]
    dimensions = 1 if "1d" in call.name else 2 if "2d" in call.name else 3
    return out.numel() * _volume(kernel, dimensions)


def _volume(size: int | Sequence[int], dimensions: int) -> int:
    sizes: list[Any] = [size] if isinstance(size, int) else list(size)
    return math.prod(sizes * dimensions if len(sizes) == 1 else sizes)
