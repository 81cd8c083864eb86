"""Tensors that don't depend on the input, and are made anew at every step."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.advice.case import Case
from engine.analysis.advice.families import Family
from engine.analysis.advice.kernel_uses import KernelUse, costliest_layer, kernel_uses, total_us
from engine.analysis.advice.results import Advice
from engine.analysis.units import format_count, format_us

_MAKING: tuple[Family, ...] = ("constant",)


def keep_constants(case: Case) -> Iterator[Advice]:
    """Yield what making masks, positions and the like, and copying them to the device, takes in layers."""
    uses = [*kernel_uses(case, _MAKING), *_uploads(case)]
    if not uses:
        return
    making_us = total_us(uses)
    names = dict.fromkeys(use.name for use in sorted(uses, key=lambda use: -use.us))
    yield case.advice(
        title="The same tensors are made anew at every step",
        text=f"{format_count(sum(use.count for use in uses))} {case.things} in layers take"
        f" {format_us(making_us)} of {case.per_step} to make what no input changes.",
        layer=costliest_layer(uses),
        saves_us=making_us,
        of_us=making_us,
        kind="estimated",
        basis="The time of all that makes them, if all of it can be kept from step to step.",
        evidence=tuple(names)[:3],
        what_to_do="Make them once, on the device, in __init__ (register_buffer), or keep the last one.",
    )


def _uploads(case: Case) -> list[KernelUse]:
    """Return copies from the host inside of layers: inputs were there before, so they bring constants."""
    return [
        KernelUse(row.name, "constant", cost.path, cost.us * case.scale, cost.calls)
        for row in case.summary.kernels
        if row.kind == "memcpy" and "HtoD" in row.name
        for cost in row.owner_costs
        if cost.kind == "layer"
    ]
