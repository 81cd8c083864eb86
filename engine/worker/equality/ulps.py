"""Distances in units in the last place: how many numbers of a dtype lie between two."""

from __future__ import annotations

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


def has_ulps(dtype: torch.dtype) -> bool:
    """Whether numbers of this dtype have a last place."""
    return dtype in _INTEGERS


def max_ulps(a: Tensor, b: Tensor, dtype: torch.dtype, counts: Tensor | None = None) -> float:
    """Return the largest distance of finite real a and b in numbers of ``dtype``, which must have ULPs.

    ``counts`` says where; everywhere if it is None. Both are rounded to ``dtype`` first. Read as integers,
    neighbouring numbers of one sign differ by 1 (Dawson, "Comparing Floating Point Numbers", 2012); across
    0 the distances to 0 add up.
    """
    if a.numel() == 0:
        return 0.0
    integer, part = _INTEGERS[dtype], _PARTS.get(dtype, dtype)
    x, y = _from_zero(a.to(part), integer), _from_zero(b.to(part), integer)
    if integer != torch.int64:
        apart = (x - y).abs_().double()
    else:
        # Of one sign the difference fits 64 bits; of two it may not.
        sizes = x.abs().double() + y.abs().double()
        apart = torch.where((x < 0) == (y < 0), (x - y).abs().double(), sizes)
    if counts is not None:
        apart *= counts
    return float(apart.max())


def _from_zero(values: Tensor, integer: torch.dtype) -> Tensor:
    """Return how many numbers lie between 0 and each value, negative below 0."""
    bits = values.contiguous().view(integer).to(torch.int64)
    magnitude = bits & ((1 << (8 * values.element_size() - 1)) - 1)
    return torch.where(bits < 0, -magnitude, magnitude)
