"""The results of a sweep. Frozen; microseconds per step unless named otherwise."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.comparison.results import Comparison
from engine.experiment.sweep import SweepValue
from engine.wire.median_interval import reach
from engine.wire.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantPoint:
    """One variant at one value: the median bare step and its 95 % interval; None with the ``reason``."""

    name: str
    median_us: float | None = None
    interval_95_us: tuple[float, float] | None = None
    reason: str = ""

    @property
    def interval_share(self) -> float | None:
        """How far the interval reaches from the median at most, as a share of it: 0.01 is ±1 %."""
        if self.median_us is None or self.interval_95_us is None:
            return None
        return reach(self.median_us, *self.interval_95_us)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointResult:
    """One value of a sweep. ``problem`` says why its result is not whole; ``file`` names its recording."""

    value: SweepValue
    file: str
    variants: tuple[VariantPoint, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    problem: Problem | None = None

    def comparison_of(self, variant: str) -> Comparison | None:
        """Return a variant's comparison with the baseline, if there is one."""
        return next((found for found in self.comparisons if found.variant == variant), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crossover:
    """One variant overtakes another: clearly slower than it at ``low``, clearly faster at ``high``.

    ``estimate`` is where the ratio is 1 on straight lines from point to point, both axes logarithmic; None
    where a logarithm has no place (0).
    """

    overtaker: str
    overtaken: str
    low: int
    high: int
    estimate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """One variant against the baseline over all points; ``sentence`` says it in words.

    ``note`` says at which points the two did not compute the same; empty if they did, or nobody knows.
    """

    baseline: str
    variant: str
    crossovers: tuple[Crossover, ...]
    sentence: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepResult:
    """A sweep so far: points in the order of the sweep, those that have not run left out."""

    parameter: str
    points: tuple[PointResult, ...]
    pairs: tuple[PairResult, ...]

    @property
    def variants(self) -> tuple[str, ...]:
        """The names of all variants, in the experiment's order."""
        return tuple(dict.fromkeys(variant.name for point in self.points for variant in point.variants))
