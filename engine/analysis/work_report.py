"""The work and the memory of a step in a run's report."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.memory_results import StepMemory
from engine.analysis.results import LayerRow
from engine.analysis.work_results import VariantWork

Json = dict[str, Any]

_NOT_COUNTED = "the recording holds no count of a step's work"
_NOT_PROFILED = "the recording holds no profile of a step's memory"
_NO_TIME = "the profile windows hold no time of it"
_NO_PARAMETERS = "only layers have parameters"
_FLOPS = ("forward_flops", "backward_flops", "flops_total", "estimated_flops")
_BYTES = ("moved_bytes", "moved_bytes_total")


def work_report(work: VariantWork | None) -> Json:
    """Return the section ``work``."""
    if work is None:
        return {"work": None, "work_unavailable": _NOT_COUNTED}
    described = asdict(work)
    flops, moved = described.pop("flops_unavailable"), described.pop("bytes_unavailable")
    rates = described.pop("rates_unavailable")
    described["unknown_ops"] = dict(work.unknown_ops)
    unknown = f"the FLOPs of {_names(tuple(work.unknown_ops))} are unknown"
    for key in [key for key, value in described.items() if value is None]:
        reason = moved if key in ("moved_bytes", "achieved_bytes_per_second") else flops or moved or unknown
        described[f"{key}_unavailable"] = reason or rates
    return {"work": described}


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
            reasons[f"{name}_unavailable"] = _NO_PARAMETERS
    flops, moved = _reasons(row, work)
    for name in _FLOPS:
        if getattr(row, name) is None:
            reasons[f"{name}_unavailable"] = flops
    for name in _BYTES:
        if getattr(row, name) is None:
            reasons[f"{name}_unavailable"] = moved
    if row.arithmetic_intensity is None:
        reasons["arithmetic_intensity_unavailable"] = flops or moved or "it moves nothing"
    if row.achieved_flops_per_second is None:
        reasons["achieved_flops_per_second_unavailable"] = flops or _NO_TIME
    if row.achieved_bytes_per_second is None:
        reasons["achieved_bytes_per_second_unavailable"] = moved or _NO_TIME
    return reasons


def _reasons(row: LayerRow, work: VariantWork | None) -> tuple[str, str]:
    """Return why FLOPs and why bytes are missing; empty where the count is there."""
    if work is None:
        return _NOT_COUNTED, _NOT_COUNTED
    unknown = f"the FLOPs of {_names(row.unknown_ops)} are unknown" if row.unknown_ops else ""
    return work.flops_unavailable or unknown, work.bytes_unavailable


def _names(ops: tuple[str, ...]) -> str:
    return ", ".join(ops) or "its operators"
