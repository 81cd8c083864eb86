"""A sweep's results, from those of its points."""

from __future__ import annotations

from collections.abc import Sequence

from engine.analysis.sweep.crossovers import crossovers_of
from engine.analysis.sweep.results import PairResult, PointResult, SweepResult
from engine.analysis.sweep.sentences import pair_sentence, work_note


def sweep_result(parameter: str, points: Sequence[PointResult]) -> SweepResult:
    """Return what the points so far say together."""
    names = dict.fromkeys((found.baseline, found.variant) for point in points for found in point.comparisons)
    pairs = tuple(_pair(parameter, points, baseline, variant) for baseline, variant in names)
    return SweepResult(parameter=parameter, points=tuple(points), pairs=pairs)


def _pair(parameter: str, points: Sequence[PointResult], baseline: str, variant: str) -> PairResult:
    crossings = crossovers_of(points, baseline, variant)
    return PairResult(
        baseline=baseline,
        variant=variant,
        crossovers=crossings,
        sentence=pair_sentence(parameter, points, baseline, variant, crossings),
        note=work_note(parameter, points, variant),
    )
