"""Rounding told from faults: by what two variants compute in float64."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.worker.equality.precision import dtype_name, rounding_unit, with_sizes

# References closer than 8 rounding units of float32 are of one function: a layer that computes a part in
# float32, whatever it is given, can't be closer.
_ONE_FUNCTION = 1e-6
# A gradient this small beside the others is 0 but for the rounding of float64: that of a bias before a batch
# normalisation, say.
_NOTHING = 1e-10
# Without a reference of its own, a side may be this much further from the other's than that one itself:
# what the tests of flash-attention allow a fused kernel against the plain one.
_ONE_SIDED = 2.0


class Errors:
    """Distances from float64, absolute: the largest of each side, and between the two references.

    ``crossed`` is that of the side without a reference from the other's. A reference of another shape tells
    nothing. ``scale``: the largest of all gradients; 0 for an output. All tensors have one device.
    """

    def __init__(
        self, a: Tensor, b: Tensor, reference_a: Tensor | None, reference_b: Tensor | None, scale: float
    ) -> None:
        ra = None if reference_a is None or reference_a.shape != a.shape else reference_a
        rb = None if reference_b is None or reference_b.shape != b.shape else reference_b
        self.a, self.b, self.between = _largest(ra, a), _largest(rb, b), _largest(ra, rb)
        self.crossed = _largest(rb, a) if ra is None else _largest(ra, b)
        size = max((_size(reference) for reference in (ra, rb) if reference is not None), default=0.0)
        self._is_nothing = size <= _NOTHING * scale
        self.is_one_function = self._is_nothing or (
            self.between is not None and self.between <= _ONE_FUNCTION * size
        )
        self._values, self._references, self._scale = (a, b), (ra, rb), scale

    def lost(self, side: int) -> float:
        """Return what half of a side's values lose at least, as a part of their root mean square.

        Single values may well be off, as where rounding carries a ReLU's input across 0. The values of a
        gradient that is 0 but for rounding have no size of their own: then it is a part of ``scale``.
        """
        reference = self._references[side]
        assert reference is not None
        error = _error(reference, self._values[side])
        size = self._scale if self._is_nothing else _rms(with_sizes(reference))
        return float(error.median()) / (size or 1.0) if error.numel() else 0.0

    def apart(self) -> float:
        """Return the root mean square of the difference, as a part of that of the baseline."""
        a, b = self._values
        return _rms(_error(a, b)) / (_rms(with_sizes(a)) or 1.0)


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
        for number, side in enumerate(names):
            if errors.lost(number) > bound:
                return False, f"In float64 they agree, but {side} loses most of {name}'s digits."
        return True, f"Outside of {name}'s tolerance by rounding: in float64 they agree."
    own = errors.a if errors.a is not None else errors.b
    if own is not None and errors.crossed is not None and errors.crossed <= _ONE_SIDED * own:
        return True, f"Outside of {name}'s tolerance, but no further from float64 than rounding takes it."
    if errors.apart() > rounding_unit(dtype) ** 0.5:
        return False, ""
    return None, f"Outside of {name}'s tolerance by little, which without float64 may be rounding or a fault."


def _error(a: Tensor, b: Tensor) -> Tensor:
    """Return absolute differences in float64 where they are finite, in a row."""
    error: Tensor = (with_sizes(a) - with_sizes(b)).abs().flatten()
    return error if math.isfinite(float(error.sum())) else error[torch.isfinite(error)]


def _largest(reference: Tensor | None, value: Tensor | None) -> float | None:
    if reference is None or value is None:
        return None
    if reference.numel() == 0:
        return 0.0
    error = _error(reference, value)
    return float(error.max()) if error.numel() else None


def _size(tensor: Tensor) -> float:
    return _largest(tensor, torch.zeros((), dtype=tensor.dtype, device=tensor.device)) or 0.0


def _rms(values: Tensor) -> float:
    sizes = values.abs().flatten()
    sizes = sizes[torch.isfinite(sizes)]
    return float(sizes.square().mean().sqrt()) if sizes.numel() else 0.0
