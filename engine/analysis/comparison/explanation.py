"""Why one side takes longer: the difference of the measured steps in parts, and in words."""

from __future__ import annotations

from engine.analysis.comparison.difference import difference_of
from engine.analysis.comparison.layer_pairs import layer_pairs
from engine.analysis.comparison.results import Explanation, RatioEstimate
from engine.analysis.comparison.sentences import sentences_of
from engine.analysis.comparison.side import Side
from engine.analysis.comparison.step_costs import step_costs


def explain(baseline: Side, variant: Side, ratio: RatioEstimate) -> Explanation:
    """Return the difference of the medians in parts that sum to it; without parts, why there are none."""
    reason = _why_not(baseline, variant)
    if reason:
        return Explanation(delta_us=ratio.delta_us, reason=reason)
    found = difference_of(
        step_costs(baseline, ratio.baseline_median_us),
        step_costs(variant, ratio.variant_median_us),
        layer_pairs(baseline.model.layers, variant.model.layers),
    )
    return Explanation(
        delta_us=ratio.delta_us,
        by_kernel=found.by_kernel,
        by_layer=found.by_layer,
        sentences=sentences_of(baseline, variant, ratio, found),
    )


def _why_not(baseline: Side, variant: Side) -> str:
    for side in (baseline, variant):
        if not side.summary.profiled_steps:
            budget = side.plan is not None and not side.plan.budget_percent
            why = "the budget for profiling is 0 %" if budget else "no window of it was profiled yet"
            return f"Nothing tells where the time of “{side.name}” goes: {why}."
    if baseline.summary.measured_on != variant.summary.measured_on:
        return (
            "One side's kernels were timed on a device, the other's operators on the CPU: no part compares."
        )
    return ""
