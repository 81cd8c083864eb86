"""The work and the memory of a step in a run's report."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.memory_results import StepMemory
from engine.analysis.results import LayerRow
from engine.analysis.unavailable import or_reason, unknown_flops
from engine.analysis.work_results import VariantWork

Json = dict[str, Any]

_NOT_COUNTED = "the recording holds no count of a step's work"
_NOT_PROFILED = "the recording holds no profile of a step's memory"
_NO_TIME = "the profile windows hold no time of it"
_MOVES_NOTHING = "it moves nothing"
_NO_PARAMETERS = "only layers have parameters"
_NOT_TOLD = "a trace does not tell the parameters of its layers"
_FLOPS = ("forward_flops", "backward_flops", "flops_total", "estimated_flops")
_BYTES = ("moved_bytes", "moved_bytes_total")


def work_report(work: VariantWork | None) -> Json:
    """Return the section ``work``."""
    if work is None:
        return or_reason("work", None, _NOT_COUNTED)
    described = {**asdict(work), "unknown_ops": dict(work.unknown_ops)}
    for key in ("flops_unavailable", "bytes_unavailable", "rates_unavailable"):
        described.pop(key)
    for key in [key for key, value in described.items() if value is None]:
        described[f"{key}_unavailable"] = _why_not(key, work)
    return {"work": described}


def _why_not(key: str, work: VariantWork) -> str:
    flops = work.flops_unavailable or unknown_flops(work.unknown_ops)
    match key:
        case "moved_bytes":
            return work.bytes_unavailable
        case "achieved_bytes_per_second":
            return work.bytes_unavailable or work.rates_unavailable
        case "achieved_flops_per_second":
            return flops if work.flops is None else work.rates_unavailable
        case "arithmetic_intensity":
            return flops if work.flops is None else work.bytes_unavailable or _MOVES_NOTHING
        case _:
            return flops


def step_memory_report(memory: StepMemory | None) -> Json:
    """Return the section ``step`` of a variant's memory; the curve stays out, it is for drawing."""
    if memory is None:
        return {"step": None, "step_unavailable": _NOT_PROFILED}
    described = asdict(memory)
    for key in ("curve_us", "curve_bytes"):
        described.pop(key)
    for part in (described, *described["phases"]):
        if part["reserved_bytes"] is None:
            part["reserved_bytes_unavailable"] = "this allocator reserves nothing ahead"
    return {"step": described}


def layer_work_reasons(row: LayerRow, work: VariantWork | None) -> Json:
    """Return ``<name>_unavailable`` for each number of a row's work that is None."""
    reasons: Json = {}
    for name in ("parameter_count", "parameter_bytes"):
        if getattr(row, name) is None:
            reasons[f"{name}_unavailable"] = _NOT_TOLD if row.kind == "layer" else _NO_PARAMETERS
    flops, moved = _reasons(row, work)
    for name in _FLOPS:
        if getattr(row, name) is None:
            reasons[f"{name}_unavailable"] = flops
    for name in _BYTES:
        if getattr(row, name) is None:
            reasons[f"{name}_unavailable"] = moved
    # With some of its operators unknown, a row may have FLOPs all the same: then it is not for their want.
    flops = flops if row.flops_total is None else ""
    if row.arithmetic_intensity is None:
        reasons["arithmetic_intensity_unavailable"] = flops or moved or _MOVES_NOTHING
    if row.achieved_flops_per_second is None:
        reasons["achieved_flops_per_second_unavailable"] = flops or _NO_TIME
    if row.achieved_bytes_per_second is None:
        reasons["achieved_bytes_per_second_unavailable"] = moved or _NO_TIME
    return reasons


def _reasons(row: LayerRow, work: VariantWork | None) -> tuple[str, str]:
    """Return why FLOPs and why bytes may be missing; empty where nothing keeps them from being known."""
    if work is None:
        return _NOT_COUNTED, _NOT_COUNTED
    unknown = unknown_flops(row.unknown_ops) if row.unknown_ops else ""
    return work.flops_unavailable or unknown, work.bytes_unavailable
