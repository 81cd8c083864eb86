"""Where one variant overtakes another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from engine.analysis.sweep.clear_difference import clear_sign
from engine.analysis.sweep.results import Crossover, PointResult


@dataclass(frozen=True)
class _Placed:
    """A value with its ratio; ``sign`` as of `clear_sign`."""

    value: int
    ratio: float
    sign: int


def crossovers_of(points: Sequence[PointResult], baseline: str, variant: str) -> tuple[Crossover, ...]:
    """Return the places between points of which one is clearly faster and the next clearly slower.

    Points in between that differ by no more than noise belong to the place; points without a ratio, and
    values that are no numbers, are left out.
    """
    placed = _placed(points, variant)
    clear = [number for number, point in enumerate(placed) if point.sign]
    return tuple(
        _crossover(placed[first : last + 1], baseline, variant)
        for first, last in pairwise(clear)
        if placed[first].sign != placed[last].sign
    )


def _placed(points: Sequence[PointResult], variant: str) -> list[_Placed]:
    """Return the points that have a ratio and its interval, by value."""
    ratios = [
        (point.value, found.ratio)
        for point in points
        if isinstance(point.value, int)
        and (found := point.comparison_of(variant)) is not None
        and found.ratio is not None
    ]
    signs = [(value, ratio.ratio, clear_sign(ratio, len(ratios))) for value, ratio in ratios]
    placed = [_Placed(value, ratio, sign) for value, ratio, sign in signs if sign is not None]
    return sorted(placed, key=lambda point: point.value)


def _crossover(points: Sequence[_Placed], baseline: str, variant: str) -> Crossover:
    """Return the crossover from the first point, which is clear, to the last, which is too."""
    overtaker, overtaken = (variant, baseline) if points[0].sign > 0 else (baseline, variant)
    return Crossover(
        overtaker=overtaker,
        overtaken=overtaken,
        low=points[0].value,
        high=points[-1].value,
        estimate=_meeting(points),
    )


def _meeting(points: Sequence[_Placed]) -> float | None:
    """Return where the ratio is 1, on straight lines from point to point, both axes logarithmic.

    Noise may carry points in between across 1 and back: then the middle of the first and last such place.
    """
    if points[0].value <= 0:
        return None
    crossed = [
        _log_meeting(before, after)
        for before, after in pairwise(points)
        if (before.ratio - 1) * (after.ratio - 1) <= 0 and before.ratio != after.ratio
    ]
    return math.exp((crossed[0] + crossed[-1]) / 2)


def _log_meeting(before: _Placed, after: _Placed) -> float:
    """Return the logarithm of where the line between two points is at 1."""
    way = math.log(before.ratio) / (math.log(before.ratio) - math.log(after.ratio))
    return math.log(before.value) + way * (math.log(after.value) - math.log(before.value))
