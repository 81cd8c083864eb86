"""After a run: the few findings worth acting on, those that save the most first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from engine.analysis.advice.case import AdvisedRun, Case, cases_of
from engine.analysis.advice.check_findings import mend_findings
from engine.analysis.advice.copies import copy_less
from engine.analysis.advice.faster_variant import use_faster_variant
from engine.analysis.advice.fusing import fuse_chains
from engine.analysis.advice.launching import launch_ahead, wait_less
from engine.analysis.advice.results import Advice
from engine.analysis.comparison.results import Comparison
from engine.analysis.results import RunSummary
from engine.trace.check_result import CheckReport

MOST_ADVICE = 5
LEAST_SHARE = 0.02
"""What saves less than this of a step is not worth a change."""

_ESTIMATORS: tuple[Callable[[Case], Iterable[Advice]], ...] = (
    launch_ahead,
    wait_less,
    fuse_chains,
    copy_less,
)


def advise(
    run: AdvisedRun,
    summary: RunSummary,
    comparisons: Sequence[Comparison] = (),
    report: CheckReport | None = None,
) -> tuple[Advice, ...]:
    """Return at most `MOST_ADVICE` pieces of advice, by the time they save; none if nothing is worth it.

    Savings overlap: they don't add up. None is below `LEAST_SHARE` of its step, nor below how well the
    step's median is known. ``report`` is of the checks of one of the variants, if they were made.
    """
    cases = cases_of(run, summary)
    found = [
        *use_faster_variant(cases, comparisons),
        *mend_findings(cases, report),
        *(advice for case in cases for estimator in _ESTIMATORS for advice in estimator(case)),
    ]
    noise = {case.summary.name: case.noise_share for case in cases}
    worth_it = [advice for advice in found if advice.saves_share >= max(LEAST_SHARE, noise[advice.variant])]
    return tuple(sorted(worth_it, key=lambda advice: -advice.saves_us)[:MOST_ADVICE])
