"""Rounding told from faults: by what two variants compute in float64."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from engine.worker.equality.precision import dtype_name, rounding_unit, wide

# References closer than 8 rounding units of float32 are of one function: a layer that computes a part in
# float32, whatever it is given, can't be closer.
_ONE_FUNCTION = 1e-6
# A gradient this small beside the others is 0 but for the rounding of float64: that of a bias before a batch
# normalisation, say.
_NOTHING = 1e-10
# Without a reference of its own, a side may be this much further from the other's than that one itself:
# what the tests of flash-attention allow a fused kernel against the plain one.
_ONE_SIDED = 2.0


@dataclass(frozen=True)
class Errors:
    """Distances from float64, absolute: the largest of each side, and between the two references.

    ``lost_a`` and ``lost_b`` are what half of the values lose at least, as a part of the reference's root
    mean square: single values may well be off, as where rounding carries a ReLU's input across 0.
    ``crossed`` is the largest error of the side without a reference against the other's reference;
    ``apart`` the root mean square of the difference, as a part of that of the baseline.
    """

    a: float | None = None
    b: float | None = None
    between: float | None = None
    crossed: float | None = None
    lost_a: float = 0.0
    lost_b: float = 0.0
    apart: float = 0.0
    is_one_function: bool = False

    @classmethod
    def of(
        cls, a: Tensor, b: Tensor, reference_a: Tensor | None, reference_b: Tensor | None, scale: float
    ) -> Errors:
        """Measure what can be. All have one device; a reference of another shape tells nothing."""
        ra = None if reference_a is None or reference_a.shape != a.shape else wide(reference_a)
        rb = None if reference_b is None or reference_b.shape != b.shape else wide(reference_b)
        if a.numel() == 0 or not rounding_unit(a.dtype):
            return cls(_largest(ra, a), _largest(rb, b), _largest(ra, rb), is_one_function=True)
        apart = _rms(_error(a, b)) / (_rms(wide(a)) or 1.0)
        if ra is None or rb is None:
            crossed = _largest(rb, a) if ra is None else _largest(ra, b)
            return cls(_largest(ra, a), _largest(rb, b), crossed=crossed, apart=apart)
        between, largest = _largest(ra, rb), max(_size(ra), _size(rb))
        is_nothing = largest <= _NOTHING * scale
        unit = scale if is_nothing else None
        return cls(
            _largest(ra, a),
            _largest(rb, b),
            between,
            lost_a=_lost(ra, a, unit),
            lost_b=_lost(rb, b, unit),
            apart=apart,
            is_one_function=is_nothing or (between is not None and between <= _ONE_FUNCTION * largest),
        )


def rounding_verdict(errors: Errors, dtype: torch.dtype, names: tuple[str, str]) -> tuple[bool | None, str]:
    """Say whether a difference outside of the tolerance is rounding, and how that shows.

    With both references it is if they are of one function, and no side loses more than two thirds of the
    dtype's digits (ε to the power of 1/3) in half of its values. With one, if the other side is not much
    further from it. A small difference that no reference explains can't be told.
    """
    name, bound = dtype_name(dtype), rounding_unit(dtype) ** (1 / 3)
    if errors.between is not None:
        if not errors.is_one_function:
            return False, f"In float64 they differ as well, by up to {errors.between:.1e}."
        for side, lost in zip(names, (errors.lost_a, errors.lost_b), strict=True):
            if lost > bound:
                return False, f"In float64 they agree, but {side} loses most of {name}'s digits."
        return True, f"Outside of {name}'s tolerance by rounding: in float64 they agree."
    own = errors.a if errors.a is not None else errors.b
    if own is not None and errors.crossed is not None and errors.crossed <= _ONE_SIDED * own:
        return True, f"Outside of {name}'s tolerance, but no further from float64 than rounding takes it."
    if errors.apart > rounding_unit(dtype) ** 0.5:
        return False, ""
    return None, f"Outside of {name}'s tolerance by little, which without float64 may be rounding or a fault."


def _error(a: Tensor, b: Tensor) -> Tensor:
    """Return absolute differences in float64 where they are finite, in a row."""
    error: Tensor = (wide(a) - wide(b)).abs().flatten()
    return error[torch.isfinite(error)]


def _largest(reference: Tensor | None, value: Tensor | None) -> float | None:
    if reference is None or value is None:
        return None
    if not rounding_unit(reference.dtype):
        reference, value = reference.double(), value.double()
    if reference.numel() == 0:
        return 0.0
    error = _error(reference, value)
    return float(error.max()) if error.numel() else None


def _lost(reference: Tensor, value: Tensor, unit: float | None) -> float:
    error = _error(reference, value)
    if not error.numel():
        return 0.0
    size = _rms(reference.abs().flatten()) if unit is None else unit
    return float(error.median()) / (size or 1.0)


def _size(tensor: Tensor) -> float:
    sizes = tensor.abs().flatten()
    sizes = sizes[torch.isfinite(sizes)]
    return float(sizes.max()) if sizes.numel() else 0.0


def _rms(values: Tensor) -> float:
    sizes = values.abs()
    sizes = sizes[torch.isfinite(sizes)]
    return float(sizes.square().mean().sqrt()) if sizes.numel() else 0.0
