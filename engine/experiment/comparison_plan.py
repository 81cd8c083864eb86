"""How the variants of an experiment are compared."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Tolerance:
    """Two numbers a and b are equal if |a - b| <= absolute + relative * |b|."""

    relative: float
    absolute: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonPlan:
    """What the variants are compared with, and how close counts as equal.

    ``baseline`` names the variant that the others are compared with; empty is the first.
    ``copy_weights`` gives every variant the baseline's weights before its first step.
    ``tolerances`` by dtype, such as ``float32``; a dtype that is not named has the default.
    """

    baseline: str = ""
    copy_weights: bool = True
    # Left out of the hash, which a dict has none of.
    tolerances: dict[str, Tolerance] = field(default_factory=dict, hash=False)
