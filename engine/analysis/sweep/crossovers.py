"""Where one variant overtakes another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.sweep.clear_difference import clear_sign
from engine.analysis.sweep.results import Crossover, PointResult

Placed = tuple[int, RatioEstimate | None]


def crossovers_of(points: Sequence[PointResult], baseline: str, variant: str) -> tuple[Crossover, ...]:
    """Return the places between points of which one is clearly faster and the next clearly slower.

    Points in between that differ by no more than noise belong to the place; points without a ratio, and
    values that are no numbers, are left out.
    """
    placed = [(point.value, _ratio(point, variant)) for point in points if isinstance(point.value, int)]
    count = sum(ratio is not None for _, ratio in placed)
    clear = [
        (value, ratio, sign)
        for value, ratio in sorted(placed, key=lambda place: place[0])
        if ratio is not None and (sign := clear_sign(ratio, count))
    ]
    return tuple(
        _crossover(before, after, baseline, variant)
        for before, after in pairwise(clear)
        if before[2] != after[2]
    )


def _crossover(
    before: tuple[int, RatioEstimate, int],
    after: tuple[int, RatioEstimate, int],
    baseline: str,
    variant: str,
) -> Crossover:
    overtaker, overtaken = (variant, baseline) if before[2] > 0 else (baseline, variant)
    (low, first, _), (high, second, _) = before, after
    return Crossover(
        overtaker=overtaker,
        overtaken=overtaken,
        low=low,
        high=high,
        estimate=_meeting(low, first.ratio, high, second.ratio),
    )


def _meeting(low: int, first: float, high: int, second: float) -> float | None:
    """Return where a ratio that is ``first`` at ``low`` and ``second`` at ``high`` is 1, log over log."""
    if low <= 0:
        return None
    way = math.log(first) / (math.log(first) - math.log(second))
    return math.exp(math.log(low) + way * (math.log(high) - math.log(low)))


def _ratio(point: PointResult, variant: str) -> RatioEstimate | None:
    found = point.comparison_of(variant)
    return found.ratio if found else None
