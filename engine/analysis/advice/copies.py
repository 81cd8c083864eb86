"""Copies that compute nothing: from one dtype, layout or order to another."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from engine.analysis.advice.case import Case
from engine.analysis.advice.kernel_uses import KernelUse, by_layer, costliest_layer, kernel_uses, total_us
from engine.analysis.advice.results import Advice
from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.units import format_count, format_us

_CASTING = re.compile(r"float\w*_copy_kernel|LoadWithCast")
_CURES = {
    "layout": "Keep model and inputs in one memory format: channels_last for convolutions.",
    "cast": "Keep tensors in one dtype: casts inside of a layer run at every step.",
    "copy": "Look for .contiguous(), .clone(), .to() and reshape of permuted or expanded tensors there.",
}
# What takes less of the copies than this is not worth a sentence.
_LEAST_PART = 0.2


def copy_less(case: Case) -> Iterator[Advice]:
    """Yield what copying tensors inside of layers takes."""
    uses = kernel_uses(case, ("copy", "layout"))
    if not uses:
        return
    copied_us = total_us(uses)
    count = sum(use.count for use in uses)
    yield case.advice(
        title="Copies that compute nothing",
        text=f"{format_count(count)} {case.things} in {case.per_step} only copy tensors to another dtype,"
        f" layout or order: {format_us(copied_us)}.",
        layer=costliest_layer(uses),
        saves_us=copied_us,
        of_us=copied_us,
        kind="estimated",
        basis="The time of all copies inside of layers, if none of them is needed.",
        evidence=_evidence(uses),
        what_to_do=_cure(case, uses),
    )


def _evidence(uses: Sequence[KernelUse]) -> tuple[str, ...]:
    layers = sorted(by_layer(uses).items(), key=lambda item: -total_us(item[1]))
    return tuple(
        f"{layer or 'the whole model'}: {format_us(total_us(own))},"
        f" {short_kernel_name(max(own, key=lambda use: use.us).name)}"
        for layer, own in layers[:3]
    )


def _cure(case: Case, uses: Sequence[KernelUse]) -> str:
    costs = dict.fromkeys(_CURES, 0.0)
    for use in uses:
        is_cast = case.is_autocast or _CASTING.search(use.name) is not None
        costs["layout" if use.family == "layout" else "cast" if is_cast else "copy"] += use.us
    worth_it = [cause for cause, us in costs.items() if us >= _LEAST_PART * total_us(uses)]
    return " ".join(_CURES[cause] for cause in sorted(worth_it, key=lambda cause: -costs[cause]))
