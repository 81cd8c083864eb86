"""What a comparison of two variants found. Frozen; microseconds per step unless named otherwise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.trace.same_work import SameWork

Verdict = Literal["faster", "slower", "no difference"]
# fmt: off
PartKind = Literal[
    "added", "removed", "faster", "slower", "same",
    "memory", "launch", "idle", "host", "remainder",
]
# fmt: on
PartBasis = Literal["measured", "estimated", "derived"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RatioEstimate:
    """The variant's median bare step over the baseline's: 1.03 is 3 % slower.

    ``interval_95`` is a bootstrap over ``blocks`` of steps, paired where both ran in turns. The verdict is
    "no difference" where the interval holds 1. None is unavailable: ``reason`` says why.
    """

    baseline_median_us: float
    variant_median_us: float
    ratio: float
    interval_95: tuple[float, float] | None
    verdict: Verdict | None
    is_paired: bool
    blocks: int
    reason: str = ""

    @property
    def delta_us(self) -> float:
        """How much longer the variant's step takes."""
        return self.variant_median_us - self.baseline_median_us


@dataclass(frozen=True, slots=True, kw_only=True)
class DeltaPart:
    """One part of the difference: positive makes the variant slower.

    ``name`` is a kernel's, an operator's or a layer's, or says what the time was ("launch gaps").
    ``*_us`` and ``*_count`` are per step; None where that side has no such part.
    """

    kind: PartKind
    name: str
    delta_us: float
    basis: PartBasis
    baseline_us: float | None = None
    variant_us: float | None = None
    baseline_count: float | None = None
    variant_count: float | None = None
    layer: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Where the measured difference comes from, twice: by kernel and by layer. Each sums to ``delta_us``.

    ``sentences`` say it in words, the most telling first. ``reason`` says why there is none.
    """

    delta_us: float
    by_kernel: tuple[DeltaPart, ...] = ()
    by_layer: tuple[DeltaPart, ...] = ()
    sentences: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class UnlikeCondition:
    """Something that differs between the two sides, beside the layers: a device, a version, a clock."""

    name: str
    baseline: str
    variant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """One variant against the baseline.

    ``headline`` is the verdict in a line ("3.1× slower (95 %: 3.0 to 3.2)"); ``warnings`` are what a
    person must know before believing it. ``ratio`` and ``explanation`` are None until something is measured.
    """

    baseline: str
    variant: str
    headline: str
    ratio: RatioEstimate | None = None
    same_work: SameWork | None = None
    explanation: Explanation | None = None
    unlike: tuple[UnlikeCondition, ...] = ()
    warnings: tuple[str, ...] = ()
