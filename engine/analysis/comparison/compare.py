"""One variant against the baseline: how much faster, why, and what to know before believing it."""

from __future__ import annotations

from engine.analysis.comparison.explanation import explain
from engine.analysis.comparison.headline import headline_of
from engine.analysis.comparison.ratio import ratio_of
from engine.analysis.comparison.results import Comparison
from engine.analysis.comparison.side import Side
from engine.analysis.comparison.unlike import unlike_conditions
from engine.analysis.comparison.warnings import warnings_of
from engine.trace.same_work import SameWork


def compare_sides(
    baseline: Side, variant: Side, same_work: SameWork | None = None, same_run: bool = False
) -> Comparison:
    """Return one side against the other. ``same_run``: both took turns in one worker."""
    ratio = ratio_of(baseline, variant, same_run)
    return Comparison(
        baseline=baseline.name,
        variant=variant.name,
        headline=headline_of(ratio),
        ratio=ratio,
        same_work=same_work,
        unlike=unlike_conditions(baseline, variant, same_run),
        warnings=warnings_of(baseline, variant, ratio, same_work, same_run),
        explanation=None if ratio is None else explain(baseline, variant, ratio),
    )
