"""One point of a sweep, from its run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.analysis.comparison.run_comparisons import EqualityTestedRun, run_comparisons
from engine.analysis.results import RunSummary
from engine.analysis.sweep.results import PointResult, VariantPoint
from engine.analysis.whole_run import WholeRun, summarize
from engine.experiment.sweep import SweepValue
from engine.wire.problem import Problem

_NOT_MEASURED = "no bare step was timed"
_STOPPED = "the sweep was stopped before it was measured"
_CUT_OFF = Problem("The run was cut off: its recording has no ending.")


class EndedPoint(Protocol):
    """A point as `engine.recording.sweep_folder.SweptPoint` keeps it."""

    @property
    def value(self) -> SweepValue: ...
    @property
    def file(self) -> str: ...
    @property
    def outcome(self) -> str | None: ...
    @property
    def problem(self) -> Problem | None: ...


class SweptRun(EqualityTestedRun, WholeRun, Protocol):
    """A recording of a point."""


def point_result(run: SweptRun | None, point: EndedPoint, names: Sequence[str]) -> PointResult:
    """Return what a point found; ``run`` is None if nothing of it was recorded, ``names`` the variants'."""
    summary = summarize(run) if run is not None else RunSummary(variants=(), profiling_share=None)
    problem = point.problem if point.outcome is not None else _CUT_OFF
    reason = problem.what if problem else _STOPPED if point.outcome == "cancelled" else _NOT_MEASURED
    return PointResult(
        value=point.value,
        file=point.file,
        variants=tuple(_variant_point(name, number, summary, reason) for number, name in enumerate(names)),
        comparisons=run_comparisons(run, summary) if run is not None else (),
        problem=problem,
    )


def _variant_point(name: str, number: int, summary: RunSummary, reason: str) -> VariantPoint:
    steps = summary.variants[number].steps if number < len(summary.variants) else None
    if steps is None:
        return VariantPoint(name=name, reason=reason)
    return VariantPoint(name=name, median_us=steps.median_us, interval_95_us=steps.median_interval_95_us)
