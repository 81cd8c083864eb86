"""One point of a sweep, from its run."""

from __future__ import annotations

from engine.analysis.comparison.run_comparisons import EqualityTestedRun, run_comparisons
from engine.analysis.results import RunSummary
from engine.analysis.sweep.results import PointResult, VariantPoint
from engine.experiment.sweep import SweepValue
from engine.wire.problem import Problem

NOT_MEASURED = "no bare step was timed"


def point_result(
    run: EqualityTestedRun, summary: RunSummary, value: SweepValue, file: str, problem: Problem | None
) -> PointResult:
    """Return what a point's run found. ``problem`` is what it ended with, if it did."""
    names = [variant.name for variant in run.experiment.variants]
    reason = problem.what if problem else NOT_MEASURED
    return PointResult(
        value=value,
        file=file,
        variants=tuple(_variant_point(name, number, summary, reason) for number, name in enumerate(names)),
        comparisons=run_comparisons(run, summary),
        problem=problem,
    )


def failed_point(
    names: tuple[str, ...], value: SweepValue, file: str, problem: Problem | None
) -> PointResult:
    """Return a point of which nothing was recorded."""
    reason = problem.what if problem else NOT_MEASURED
    variants = tuple(VariantPoint(name=name, reason=reason) for name in names)
    return PointResult(value=value, file=file, variants=variants, problem=problem)


def _variant_point(name: str, number: int, summary: RunSummary, reason: str) -> VariantPoint:
    steps = summary.variants[number].steps if number < len(summary.variants) else None
    if steps is None:
        return VariantPoint(name=name, reason=reason)
    return VariantPoint(name=name, median_us=steps.median_us, interval_95_us=steps.median_interval_95_us)
