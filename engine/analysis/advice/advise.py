"""After a run: the few findings worth acting on, those that save the most first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.analysis.advice.attention import fuse_attention
from engine.analysis.advice.case import AdvisedRun, Case, cases_of
from engine.analysis.advice.check_findings import mend_findings
from engine.analysis.advice.constants import keep_constants
from engine.analysis.advice.copies import copy_less
from engine.analysis.advice.faster_variant import use_faster_variant
from engine.analysis.advice.fusing import fuse_chains
from engine.analysis.advice.launching import launch_ahead, wait_less
from engine.analysis.advice.optimizer_steps import fuse_optimizer
from engine.analysis.advice.precision import use_bfloat16, use_tf32
from engine.analysis.advice.results import Advice
from engine.analysis.comparison.phrases import quoted
from engine.analysis.comparison.results import Comparison
from engine.analysis.results import RunSummary
from engine.analysis.units import format_us
from engine.trace.check_result import CheckReport

MOST_ADVICE = 5
LEAST_SHARE = 0.02
"""What saves less than this of a step is not worth a change."""


@dataclass(frozen=True, slots=True)
class _Estimator:
    """One thing to look at; on a CPU some of them have nothing to see."""

    looks_at: str
    estimate: Callable[[Case], Iterable[Advice]]
    needs_device: bool = False


_ESTIMATORS = (
    _Estimator("a device that waits for launches", launch_ahead, needs_device=True),
    _Estimator("calls that wait for the device", wait_less, needs_device=True),
    _Estimator("chains of small operators", fuse_chains),
    _Estimator("attention written out", fuse_attention),
    _Estimator("copies between dtypes and layouts", copy_less),
    _Estimator("tensors made anew at every step", keep_constants),
    _Estimator("the optimizer's updates", fuse_optimizer),
    _Estimator("products in float32", use_tf32, needs_device=True),
    _Estimator("products in TF32", use_bfloat16, needs_device=True),
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
        *(advice for case in cases for one in _applicable(case) for advice in one.estimate(case)),
    ]
    noise = {case.summary.name: case.noise_share for case in cases}
    worth_it = [advice for advice in found if advice.saves_share >= max(LEAST_SHARE, noise[advice.variant])]
    return tuple(_once(sorted(worth_it, key=lambda advice: -advice.saves_us))[:MOST_ADVICE])


def _once(found: Iterable[Advice]) -> list[Advice]:
    """Return each advice once, for the variant that gains the most; what it says of others is evidence."""
    by_title: dict[str, list[Advice]] = {}
    for advice in found:
        by_title.setdefault(advice.title, []).append(advice)
    return [_with_others(*same) for same in by_title.values()]


def _with_others(first: Advice, *others: Advice) -> Advice:
    also = tuple(f"the same in {quoted(other.variant)}: {format_us(other.saves_us)}" for other in others)
    return replace(first, evidence=(*first.evidence, *also))


def looked_at(run: AdvisedRun, summary: RunSummary) -> tuple[str, ...]:
    """Return what advice could be given on, in words; nothing where no profile shows where time went."""
    cases = cases_of(run, summary)
    seen = [one.looks_at for one in _ESTIMATORS if any(one in _applicable(case) for case in cases)]
    return (*seen, "faster variants with equal results") if len(cases) > 1 else tuple(seen)


def _applicable(case: Case) -> tuple[_Estimator, ...]:
    if not case.is_visible:
        return ()
    return tuple(one for one in _ESTIMATORS if case.on_device or not one.needs_device)
