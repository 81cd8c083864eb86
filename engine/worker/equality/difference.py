"""How far two tensors of one shape are apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Iterator

import torch
from torch import Tensor

from engine.worker.equality.precision import Closeness, dtype_name, rounding_unit
from engine.worker.equality.ulps import has_ulps, max_ulps

# So many numbers at a time: the float64 copies of more would take too much memory.
_CHUNK = 1 << 22


@dataclass
class Difference:
    """Errors over all places where both are finite. ``max_rel`` is of the baseline's value.

    The relative error is |b - a| / max(|a|, ε), as scikit-learn defines it for its mean absolute percentage
    error; ε is what the tensor's largest value can resolve, its size times the dtype's rounding unit: a
    smaller value has no digits to compare, and counts for no ULPs. ``largest`` is max |a|.
    ``same_non_finite`` counts places with equal NaN or infinities, ``unlike_non_finite`` those where only
    one has them, or another one.
    """

    max_abs: float | None = None
    max_rel: float | None = None
    cosine: float | None = None
    max_ulps: float | None = None
    largest: float = 0.0
    is_within: bool = True
    same_non_finite: int = 0
    unlike_non_finite: int = 0


def difference(a: Tensor, b: Tensor, dtype: torch.dtype, close: Closeness) -> Difference:
    """Compare the baseline's ``a`` with ``b``; ``dtype`` is the coarser of theirs."""
    found = Difference()
    a, b = _real(a), _real(b)
    if a.numel() == 0:
        found.max_abs = 0.0
        return found
    found.largest = _largest(a)
    # What the tensor can't resolve has no digits, and whole numbers have them all.
    smallest = found.largest * rounding_unit(dtype)
    products = [0.0, 0.0, 0.0]
    relative, ulps = 0.0, 0.0
    for here, there in _chunks(a, b):
        x, y = here.double(), there.double()
        error, size = (y - x).abs_(), x.abs()
        largest = float(error.max())
        if not math.isfinite(largest):
            finite = _compare_non_finite(x, y, found)
            here, there, x, y = here[finite], there[finite], x[finite], y[finite]
            error, size = error[finite], size[finite]
            if x.numel() == 0:
                continue
            largest = float(error.max())
        found.max_abs = max(found.max_abs or 0.0, largest)
        if largest:
            found.is_within &= float(error.sub(size, alpha=close.relative).max()) <= close.absolute
            relative = max(relative, float(error.div_(size.clamp(min=smallest or 1.0)).max()))
            if has_ulps(dtype):
                ulps = max(ulps, max_ulps(here, there, dtype, size >= smallest))
        for number, (left, right) in enumerate(((x, y), (x, x), (y, y))):
            products[number] += float(torch.dot(left, right))
    if found.max_abs is None:
        return found
    found.max_rel = relative if found.largest > 0 or found.max_abs == 0 else None
    found.max_ulps = ulps if has_ulps(dtype) else None
    scale = math.sqrt(products[1]) * math.sqrt(products[2])
    found.cosine = max(-1.0, min(1.0, products[0] / scale)) if 0 < scale < math.inf else None
    return found


def _compare_non_finite(x: Tensor, y: Tensor, found: Difference) -> Tensor:
    """Count where x or y is not finite; return where both are."""
    finite = torch.isfinite(x) & torch.isfinite(y)
    same = (x == y) | (torch.isnan(x) & torch.isnan(y))
    found.same_non_finite += int((~finite & same).sum())
    unlike = int((~finite & ~same).sum())
    found.unlike_non_finite += unlike
    found.is_within &= unlike == 0
    return finite


def _chunks(a: Tensor, b: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
    for begin in range(0, len(a), _CHUNK):
        yield a[begin : begin + _CHUNK], b[begin : begin + _CHUNK]


def _real(tensor: Tensor) -> Tensor:
    """Return the numbers in a row; of complex ones both parts."""
    return (torch.view_as_real(tensor.resolve_conj()) if tensor.is_complex() else tensor).reshape(-1)


def _largest(a: Tensor) -> float:
    """Return the largest finite size."""
    largest = 0.0
    for here, _ in _chunks(a, a):
        sizes = here.double().abs_()
        size = float(sizes.max())
        if not math.isfinite(size):
            size = float(torch.where(torch.isfinite(sizes), sizes, 0.0).max())
        largest = max(largest, size)
    return largest


def non_finite_note(found: Difference, dtype: torch.dtype) -> str:
    """Say where NaN and infinities are; empty if there are none."""
    if found.unlike_non_finite:
        return f"NaN or infinite in {found.unlike_non_finite} places where the other is not."
    if found.same_non_finite:
        places = "place" if found.same_non_finite == 1 else "places"
        return f"NaN or infinite ({dtype_name(dtype)}) in the same {found.same_non_finite} {places} of both."
    return ""
