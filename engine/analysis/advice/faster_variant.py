"""A variant that does the same work in less time, in this very run: the one saving that was measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.analysis.advice.case import Case
from engine.analysis.advice.results import Advice
from engine.analysis.comparison.phrases import quoted
from engine.analysis.comparison.results import Comparison, RatioEstimate
from engine.analysis.units import format_us
from engine.trace.same_work import SameWork


def use_faster_variant(cases: Sequence[Case], comparisons: Sequence[Comparison]) -> Iterator[Advice]:
    """Yield what changing to the faster variant of a pair saves, where both were seen to do the same."""
    by_name = {case.summary.name: case for case in cases}
    for comparison in comparisons:
        ratio, same = comparison.ratio, comparison.same_work
        if (
            ratio is None
            or ratio.verdict not in ("faster", "slower")
            or not _is_same(same, by_name, comparison)
        ):
            continue
        faster, slower = comparison.variant, comparison.baseline
        if ratio.verdict == "slower":
            faster, slower = slower, faster
        case = by_name.get(slower)
        if case is not None:
            yield _advice(case, faster, comparison, ratio)


def _is_same(same: SameWork | None, cases: Mapping[str, Case], comparison: Comparison) -> bool:
    """Return whether outputs are equal, and gradients too where a step makes some."""
    if same is None or same.outputs_equal is not True:
        return False
    case = cases.get(comparison.baseline)
    needs_gradients = case is None or case.has_backward
    return same.gradients_equal is True or (not needs_gradients and same.gradients_equal is None)


def _advice(case: Case, faster: str, comparison: Comparison, ratio: RatioEstimate) -> Advice:
    saved, name = abs(ratio.delta_us), quoted(faster)
    unlike = [f"{one.name}: {one.baseline} against {one.variant}" for one in comparison.unlike]
    pairing = "in turns, in this run" if ratio.is_paired else "one after the other"
    return case.advice(
        title=f"{name} does the same in less time",
        text=f"{name} takes {format_us(saved)} less a step, with equal results.",
        saves_us=saved,
        of_us=max(ratio.baseline_median_us, ratio.variant_median_us),
        kind="measured",
        is_at_most=False,
        basis=f"The difference of the median bare steps, both measured {pairing}.",
        evidence=(comparison.headline, *unlike),
        what_to_do=f"Use {name}, or bring {quoted(case.summary.name)} to what it does.",
    )
