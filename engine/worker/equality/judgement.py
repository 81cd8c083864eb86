"""Whether one output or gradient of two variants is equal, and how that is known."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Mapping, Sequence

import torch
from torch import Tensor

from engine.worker.equality.difference import Difference, difference, non_finite_note
from engine.worker.equality.precision import (
    Closeness,
    closeness,
    coarsest,
    dtype_name,
    rounding_unit,
)
from engine.worker.equality.rounding import Errors, rounding_verdict
from engine.worker.model.inputs import shape_text


@dataclass(frozen=True)
class Sides:
    """One tensor of the baseline ``a`` and the variant ``b``, and of each in float64; None is absent.

    ``scale`` is the largest value of all the baseline's gradients in float64; 0 for an output.
    """

    a: Tensor | None
    b: Tensor | None
    reference_a: Tensor | None = None
    reference_b: Tensor | None = None
    scale: float = 0.0


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

    Equal is what lies within the tolerance; outside of it, what `rounding_verdict` finds to be rounding.
    A tolerance that the experiment names is the last word.
    """
    sides, absent = _with_zeros(sides, terms)
    if sides.a is None or sides.b is None:
        return _row(name, role, None, is_equal=True, reason=absent)
    if sides.a.shape != sides.b.shape:
        shapes = [shape_text(tuple(side.shape)) for side in (sides.a, sides.b)]
        reason = f"{shapes[0]} in {terms.names[0]}, {shapes[1]} in {terms.names[1]}."
        return _row(name, role, sides.a, is_equal=False, reason=reason)
    return _judged_alike(name, role, _on_one_device(sides), terms, absent)


def _judged_alike(name: str, role: str, sides: Sides, terms: Terms, absent: str) -> dict[str, Any]:
    assert sides.a is not None
    assert sides.b is not None
    dtype, close = terms.of((sides.a.dtype, sides.b.dtype))
    own = coarsest((sides.a.dtype, sides.b.dtype))
    found = difference(sides.a, sides.b, own, close)
    errors = Errors(sides.a, sides.b, sides.reference_a, sides.reference_b, sides.scale)
    is_equal, told = _verdict(found, errors, dtype, close, terms)
    return _row(
        name,
        role,
        sides.a,
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
        reason=" ".join(filter(None, (absent, non_finite_note(found, own), told))),
        dtype=dtype_name(own),
    )


def _verdict(
    found: Difference, errors: Errors, dtype: torch.dtype, close: Closeness, terms: Terms
) -> tuple[bool | None, str]:
    if found.is_within:
        if errors.between is not None and not errors.is_one_function:
            return True, f"In float64 they differ by up to {errors.between:.1e}: not quite one function."
        return True, ""
    if found.unlike_non_finite or close.is_chosen or not rounding_unit(dtype):
        return False, ""
    return rounding_verdict(errors, dtype, terms.names)


def _with_zeros(sides: Sides, terms: Terms) -> tuple[Sides, str]:
    """Let an absent gradient be one of zeros, which is what an optimizer makes of it."""
    if sides.a is not None and sides.b is not None:
        return sides, ""
    there = sides.a if sides.a is not None else sides.b
    if there is None:
        return sides, "No gradient arrives in either."
    zeros = torch.zeros_like(there)
    precise = sides.reference_a if sides.reference_a is not None else sides.reference_b
    filled = replace(
        sides,
        a=zeros if sides.a is None else sides.a,
        b=zeros if sides.b is None else sides.b,
        reference_a=_zeros_unless(sides.reference_a, precise),
        reference_b=_zeros_unless(sides.reference_b, precise),
    )
    name = terms.names[0] if sides.a is None else terms.names[1]
    return filled, f"No gradient arrives in {name}, which counts as zeros."


def _zeros_unless(reference: Tensor | None, like: Tensor | None) -> Tensor | None:
    return torch.zeros_like(like) if reference is None and like is not None else reference


def _on_one_device(sides: Sides) -> Sides:
    """Move all to the CPU if they are apart, or where float64 can't be computed, as on an Apple GPU."""
    there = [t for t in (sides.a, sides.b, sides.reference_a, sides.reference_b) if t is not None]
    devices = {tensor.device for tensor in there}
    if len(devices) == 1 and there[0].device.type != "mps":
        return sides
    moved = {
        name: tensor.cpu()
        for name in ("a", "b", "reference_a", "reference_b")
        if (tensor := getattr(sides, name)) is not None
    }
    return replace(sides, **moved)


def _row(name: str, role: str, tensor: Tensor | None, **fields: Any) -> dict[str, Any]:
    shape = [] if tensor is None else list(tensor.shape)
    dtype = "" if tensor is None else dtype_name(tensor.dtype)
    return {"name": name, "role": role, "shape": shape, "dtype": dtype, **fields}
