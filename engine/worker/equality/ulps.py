"""Distances in units in the last place: how many numbers of a dtype lie between two."""

from __future__ import annotations

import math

import torch
from torch import Tensor

_INTEGERS = {
    torch.float16: torch.int16,
    torch.bfloat16: torch.int16,
    torch.float32: torch.int32,
    torch.float64: torch.int64,
    torch.complex64: torch.int32,
    torch.complex128: torch.int64,
}
_PARTS = {torch.complex64: torch.float32, torch.complex128: torch.float64}


def max_ulps(a: Tensor, b: Tensor, dtype: torch.dtype) -> float:
    """Return the largest distance of finite real a and b in numbers of ``dtype``; NaN if it has no ULPs.

    Both are rounded to ``dtype`` first. Read as integers, neighbouring numbers of one sign differ by 1
    (Dawson, "Comparing Floating Point Numbers", 2012); across 0 the distances to 0 add up.
    """
    integer = _INTEGERS.get(dtype)
    if integer is None:
        return math.nan
    if a.numel() == 0:
        return 0.0
    part = _PARTS.get(dtype, dtype)
    x, y = _from_zero(a.to(part), integer), _from_zero(b.to(part), integer)
    same_sign = (x < 0) == (y < 0)
    # Of one sign the difference fits int64; of two it may not.
    apart = torch.where(same_sign, (x - y).abs().double(), x.abs().double() + y.abs().double())
    return float(apart.max())


def _from_zero(values: Tensor, integer: torch.dtype) -> Tensor:
    """Return how many numbers lie between 0 and each value, negative below 0."""
    bits = values.contiguous().view(integer).to(torch.int64)
    magnitude = bits & ((1 << (8 * values.element_size() - 1)) - 1)
    return torch.where(bits < 0, -magnitude, magnitude)
