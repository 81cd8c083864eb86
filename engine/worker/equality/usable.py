"""Whether a weight holds values that somebody gave it, or what was in memory."""

from __future__ import annotations

import torch
from torch import Tensor

# No initialisation gives a weight values beyond this; pointers and text read as numbers soon do.
_HUGE = 1e4
_JUDGED = (
    torch.float16,
    torch.bfloat16,
    torch.float32,
    torch.float64,
    torch.complex64,
    torch.complex128,
)


def fault_of(weight: Tensor) -> str:
    """Return what can't be an initial value, such as "NaN or infinite values"; empty if all can be.

    ``torch.empty`` and ``torch.Tensor(10, 10)`` hold whatever memory held: pointers, text, other tensors.
    Denormal numbers slow a CPU down; in float16 they are ordinary small weights.
    """
    if weight.dtype not in _JUDGED or weight.numel() == 0 or weight.is_meta:
        return ""
    with torch.no_grad():
        sizes = weight.detach().abs()
        if not bool(torch.isfinite(sizes).all()):
            return "NaN or infinite values"
        largest = float(sizes.max())
        if largest > _HUGE:
            return f"values of up to {largest:.0e}"
        if weight.dtype == torch.float16:
            return ""
        smallest = torch.finfo(weight.dtype).tiny
        return "denormal numbers" if bool(((sizes > 0) & (sizes < smallest)).any()) else ""


def is_mostly_zero(weight: Tensor) -> bool:
    """Whether this is a matrix (or more) of which at least half is exactly 0. A bias may well be."""
    return weight.dim() > 1 and 2 * int(torch.count_nonzero(weight.detach())) <= weight.numel()
