"""Whether one output or gradient of two variants is equal, and how that is known."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Mapping, Sequence

import torch
from torch import Tensor

from engine.worker.equality.difference import Difference, difference, non_finite_note
from engine.worker.equality.precision import (
    REFERENCE,
    Closeness,
    closeness,
    coarsest,
    dtype_name,
    rounding_unit,
)

# References closer than 8 rounding units of float32 are of one function: a layer that computes a part in
# float32, whatever it is given, can't be closer.
_ONE_FUNCTION = 1e-6
# Without a reference of its own, a side may be this much further from the other's than that one itself:
# what the tests of flash-attention allow a fused kernel against the plain one.
_ONE_SIDED = 2.0


@dataclass(frozen=True)
class Sides:
    """One tensor of the baseline ``a`` and the variant ``b``, and of each in float64; None is absent."""

    a: Tensor | None
    b: Tensor | None
    reference_a: Tensor | None = None
    reference_b: Tensor | None = None


@dataclass(frozen=True)
class Terms:
    """What both are judged by: the dtypes that their operators round to, the experiment's tolerances."""

    computed_in: tuple[torch.dtype, ...]
    tolerances: Mapping[str, Mapping[str, float]]
    names: tuple[str, str]

    def of(self, dtypes: Sequence[torch.dtype]) -> tuple[torch.dtype, Closeness]:
        """Return the coarsest dtype that had a part in tensors of ``dtypes``, and its tolerance."""
        dtype = coarsest(dtypes)
        if rounding_unit(dtype):
            dtype = coarsest((dtype, *self.computed_in))
        return dtype, closeness(dtype, self.tolerances)


def judged(name: str, role: str, sides: Sides, terms: Terms) -> dict[str, Any]:
    """Return what `engine.trace.same_work.TensorComparison` holds.

    Equal is what lies within the tolerance. What lies outside is equal as well if float64 shows that it
    is rounding: both references are those of one function, and neither side lost more than half of its
    dtype's digits (√ε of the largest value). A tolerance that the experiment names is the last word.
    """
    if sides.a is None or sides.b is None:
        sides, absent = _with_zeros(sides, terms)
        if sides.a is None or sides.b is None:
            return _row(name, role, None, is_equal=True, reason=absent)
    else:
        absent = ""
    a, b = sides.a, sides.b
    if a.shape != b.shape:
        reason = f"{tuple(a.shape)} in {terms.names[0]}, {tuple(b.shape)} in {terms.names[1]}."
        return _row(name, role, a, is_equal=False, reason=reason)
    dtype, close = terms.of((a.dtype, b.dtype))
    a, b = _comparable(a), _comparable(b)
    if a.device != b.device:
        a, b = a.cpu(), b.cpu()
    found = difference(a, b, coarsest((a.dtype, b.dtype)), close)
    errors = _Errors.of(a, b, sides)
    is_equal, told = _verdict(found, errors, dtype, close, terms)
    return _row(
        name,
        role,
        a,
        is_equal=is_equal,
        max_abs_error=found.max_abs,
        max_rel_error=found.max_rel,
        cosine=found.cosine,
        max_ulps=found.max_ulps,
        baseline_error=errors.a,
        variant_error=errors.b,
        reference_difference=errors.between,
        relative_tolerance=close.relative,
        absolute_tolerance=close.absolute,
        reason=" ".join(part for part in (absent, told) if part),
        dtype=dtype_name(coarsest((a.dtype, b.dtype))),
    )


@dataclass(frozen=True)
class _Errors:
    """Largest absolute errors against float64; ``crossed`` is that of the side that has no reference."""

    a: float | None = None
    b: float | None = None
    between: float | None = None
    crossed: float | None = None
    scale: float = 0.0

    @classmethod
    def of(cls, a: Tensor, b: Tensor, sides: Sides) -> _Errors:
        ra, rb = sides.reference_a, sides.reference_b
        ra = ra if ra is not None and ra.shape == a.shape else None
        rb = rb if rb is not None and rb.shape == b.shape else None
        known = ra if ra is not None else rb
        if known is None:
            return cls()
        between = None if ra is None or rb is None else _largest_error(_comparable(ra), _comparable(rb))
        return cls(
            None if ra is None else _largest_error(_comparable(ra), a),
            None if rb is None else _largest_error(_comparable(rb), b),
            between,
            _largest_error(_comparable(known), b if rb is None else a) if between is None else None,
            _largest_error(_comparable(known), torch.zeros_like(a)) or 0.0,
        )


def _verdict(
    found: Difference, errors: _Errors, dtype: torch.dtype, close: Closeness, terms: Terms
) -> tuple[bool, str]:
    notes = [non_finite_note(found, dtype)]
    differs = errors.between is not None and errors.between > _ONE_FUNCTION * errors.scale
    if found.is_within:
        if differs:
            notes.append(f"In float64 they differ by up to {errors.between:.1e}: not quite one function.")
        return True, " ".join(filter(None, notes))
    if found.unlike_non_finite or close.is_chosen or not rounding_unit(dtype):
        return False, " ".join(filter(None, notes))
    is_rounding, why = _rounding(errors, dtype, differs, terms)
    return is_rounding, " ".join(filter(None, (*notes, why)))


def _rounding(errors: _Errors, dtype: torch.dtype, differs: bool, terms: Terms) -> tuple[bool, str]:
    """Whether a difference outside of the tolerance is rounding, and how that shows."""
    name = dtype_name(dtype)
    if errors.between is None:
        own = errors.a if errors.a is not None else errors.b
        if own is None or errors.crossed is None:
            return False, ""
        if errors.crossed <= min(_ONE_SIDED * own, math.sqrt(rounding_unit(dtype)) * errors.scale):
            return True, f"Outside of {name}'s tolerance, but no further from float64 than rounding takes it."
        return False, ""
    if differs:
        return False, f"In float64 they differ as well, by up to {errors.between:.1e}."
    bound = math.sqrt(rounding_unit(dtype)) * errors.scale
    for side, error in zip(terms.names, (errors.a, errors.b), strict=True):
        if error is not None and error > bound:
            return False, f"In float64 they agree, but {side} loses more than half of {name}'s digits."
    return True, f"Outside of {name}'s tolerance by rounding: in float64 they agree to {errors.between:.1e}."


def _with_zeros(sides: Sides, terms: Terms) -> tuple[Sides, str]:
    """Let an absent gradient be one of zeros, which is what an optimizer makes of it."""
    if sides.a is None and sides.b is None:
        return sides, "No gradient arrives in either."
    name = terms.names[0] if sides.a is None else terms.names[1]
    there = sides.a if sides.a is not None else sides.b
    assert there is not None
    zeros = torch.zeros_like(there)
    both = Sides(sides.a if sides.a is not None else zeros, sides.b if sides.b is not None else zeros)
    return both, f"No gradient arrives in {name}, which counts as zeros."


def _comparable(tensor: Tensor) -> Tensor:
    """Return the tensor where float64 can be computed: an Apple GPU can't."""
    return tensor.cpu() if tensor.device.type == "mps" else tensor


def _largest_error(reference: Tensor, value: Tensor) -> float | None:
    if reference.numel() == 0:
        return 0.0
    value = value.to(reference.device)
    wide = torch.complex128 if reference.is_complex() else REFERENCE
    error = (value.to(wide) - reference.to(wide)).abs()
    error = error[torch.isfinite(error)]
    return float(error.max()) if error.numel() else None


def _row(name: str, role: str, tensor: Tensor | None, **fields: Any) -> dict[str, Any]:
    shape = [] if tensor is None else list(tensor.shape)
    dtype = "" if tensor is None else dtype_name(tensor.dtype)
    return {"name": name, "role": role, "shape": shape, "dtype": dtype, **fields}
