"""An optimizer that walks through the parameters one small operator at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from engine.analysis.advice.case import Case
from engine.analysis.advice.families import Family
from engine.analysis.advice.kernel_uses import KernelUse, kernel_uses, total_us
from engine.analysis.advice.results import Advice
from engine.analysis.units import format_count, format_us

# Those of torch.optim that take fused=True, on CPUs since torch 2.4 and on CUDA.
# Source: the signatures in torch/optim of 2.6.
_FUSED = ("SGD", "Adam", "AdamW", "Adagrad")
_UPDATING: tuple[Family, ...] = ("elementwise",)
_FEWEST_CALLS = 30


def fuse_optimizer(case: Case) -> Iterator[Advice]:
    """Yield what one fused update of all parameters would save against many small ones."""
    name = case.plan.optimizer.name if case.plan is not None else ""
    uses = kernel_uses(case, _UPDATING, kind="optimizer")
    count = sum(use.count for use in uses)
    is_fused = any("Fused" in use.name for use in uses)
    if is_fused or count < _FEWEST_CALLS or (name and name not in _FUSED):
        return
    updating_us = total_us(uses)
    yield case.advice(
        title="The optimizer updates the parameters in many small steps",
        text=f"{format_count(count)} of its {case.things} take {format_us(updating_us)} of {case.per_step}.",
        layer="optimizer",
        saves_us=updating_us - _costliest_us(uses),
        of_us=updating_us,
        kind="estimated",
        is_at_most=False,
        basis=f"Their time less that of the costliest kind of {case.things}: a fused update reads and writes"
        " each parameter at least as often as that one does.",
        evidence=_evidence(uses),
        what_to_do=f"torch.optim.{name or 'AdamW'}(…, fused=True); where there is none, foreach=True.",
    )


def _by_name(uses: Sequence[KernelUse]) -> dict[str, float]:
    sums: dict[str, float] = defaultdict(float)
    for use in uses:
        sums[use.name] += use.us
    return sums


def _costliest_us(uses: Sequence[KernelUse]) -> float:
    return max(_by_name(uses).values())


def _evidence(uses: Sequence[KernelUse]) -> tuple[str, ...]:
    costliest = sorted(_by_name(uses).items(), key=lambda item: -item[1])[:3]
    return tuple(f"{name}: {format_us(us)}" for name, us in costliest)
