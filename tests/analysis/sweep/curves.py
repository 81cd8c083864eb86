"""Sweeps made by hand: two curves, and the points that a measurement of them would give."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from random import Random

from engine.analysis.comparison.results import Comparison, RatioEstimate
from engine.analysis.sweep.results import PointResult, VariantPoint
from engine.wire.problem import Problem

BATCHES = tuple(2**power for power in range(11))
Curve = Callable[[int], float]


def point(value: int | str, ratio: float, reach: float, baseline_us: float = 100.0) -> PointResult:
    """A point whose ratio is known within ± ``reach``, as a share of it."""
    interval = (ratio * (1 - reach), ratio * (1 + reach))
    is_known = interval[0] > 1 or interval[1] < 1
    estimate = RatioEstimate(
        baseline_median_us=baseline_us,
        variant_median_us=baseline_us * ratio,
        ratio=ratio,
        interval_95=interval,
        verdict=("slower" if ratio > 1 else "faster") if is_known else "no difference",
        is_paired=True,
        blocks=15,
    )
    return PointResult(
        value=value,
        file=f"{value}.layerscope",
        variants=(
            VariantPoint(name="a", median_us=baseline_us),
            VariantPoint(name="b", median_us=baseline_us * ratio),
        ),
        comparisons=(Comparison(baseline="a", variant="b", headline="", ratio=estimate),),
    )


def failed(value: int | str) -> PointResult:
    """A point without a result."""
    problem = Problem("Out of memory.")
    variants = tuple(VariantPoint(name=name, reason=problem.what) for name in "ab")
    return PointResult(value=value, file=f"{value}.layerscope", variants=variants, problem=problem)


def measured(
    baseline: Curve,
    variant: Curve,
    draws: Random,
    spread: float,
    values: Sequence[int] = BATCHES,
    drift: float = 0.0,
) -> list[PointResult]:
    """Points of two curves: log-normal errors of ``spread`` with an honest 95 % interval around them.

    ``drift`` is an error of the whole process beside it, which no interval of one run knows of.
    """
    points = []
    for value in values:
        error = draws.gauss(0, spread) + draws.gauss(0, drift)
        ratio = variant(value) / baseline(value) * math.exp(error)
        points.append(point(value, ratio, 1.96 * spread, baseline(value)))
    return points
