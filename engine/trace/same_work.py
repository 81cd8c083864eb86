"""Whether two variants compute the same, as the worker found it on the same inputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TensorRole = Literal["output", "input_gradient", "parameter_gradient"]
LinkKind = Literal["name", "shape", "chosen"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorComparison:
    """One output or gradient of two variants, element by element.

    ``name``: ``output``, ``output 2``, ``gradient of input 1``, ``gradient of attention.weight`` (the
    baseline's name). ``max_abs_error``, ``max_rel_error`` (of the baseline's value), ``cosine`` (-1 … 1)
    and ``max_ulps`` (units in the last place of ``dtype``) are between the two; ``baseline_error``
    and ``variant_error`` are each one's largest absolute error against its own float64 reference;
    ``reference_difference`` is the largest absolute difference between these two references.
    None is unavailable: ``reason`` says why. Tensors of unlike shapes are not equal, with a reason.
    """

    name: str
    role: TensorRole
    dtype: str
    shape: tuple[int, ...]
    is_equal: bool | None
    max_abs_error: float | None = None
    max_rel_error: float | None = None
    cosine: float | None = None
    max_ulps: float | None = None
    baseline_error: float | None = None
    variant_error: float | None = None
    reference_difference: float | None = None
    relative_tolerance: float | None = None
    absolute_tolerance: float | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WeightLink:
    """A parameter or buffer of the variant and the baseline's that its values came from."""

    variant: str
    baseline: str
    kind: LinkKind


@dataclass(frozen=True, slots=True)
class TensorShape:
    """A parameter or buffer of a model by qualified name."""

    name: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SameWork:
    """Whether variant number ``variant`` does the same work as number ``baseline``.

    ``outputs_equal`` and ``gradients_equal`` are None where it can't be told: ``reason`` says why
    ("Not comparable: …"). ``*_unmatched`` are the tensors that found no partner. ``weights_note`` says
    what was done with the weights, ``reference_reason`` why there is no float64 reference.
    ``notes`` are whole sentences that a person must know beside the answer. ``*_tensors`` are all
    parameters and buffers that could be linked, tied ones under their first name.
    """

    baseline: int
    variant: int
    outputs_equal: bool | None = None
    gradients_equal: bool | None = None
    tensors: tuple[TensorComparison, ...] = ()
    weights: tuple[WeightLink, ...] = ()
    baseline_unmatched: tuple[str, ...] = ()
    variant_unmatched: tuple[str, ...] = ()
    weights_note: str = ""
    reference_reason: str = ""
    notes: tuple[str, ...] = ()
    reason: str = ""
    baseline_tensors: tuple[TensorShape, ...] = ()
    variant_tensors: tuple[TensorShape, ...] = ()

    @property
    def is_equal(self) -> bool | None:
        """Whether outputs and gradients are equal; None if either can't be told."""
        known = (self.outputs_equal, self.gradients_equal)
        return False if False in known else (None if None in known else True)
