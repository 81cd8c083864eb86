"""A variant of a run as JSON; `engine.analysis.run_report` describes the keys."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.breakdown_report import breakdown_report
from engine.analysis.completeness import Completeness
from engine.analysis.completeness_report import completeness_report
from engine.analysis.kernel_report import kernel_report
from engine.analysis.launch_queue import NO_PAIRS
from engine.analysis.layer_report import layer_report
from engine.analysis.results import VariantSummary
from engine.analysis.unavailable import or_reason
from engine.analysis.work_report import step_memory_report, work_report
from engine.experiment.experiment import Variant
from engine.experiment.project_schema import to_plain
from engine.experiment.run_plan import RunPlan
from engine.trace.built_model import BuiltModel
from engine.wire.median_interval import MINIMUM_STEPS, STABLE_WITHIN

Json = dict[str, Any]

_NEVER_BUILT = "the run ended before this variant was built"
_NO_WINDOW = "the run ended before a profile window of this variant"
_NO_BUDGET = "nothing was profiled: the budget is 0 %"
_NO_STEP = "the run ended before a bare step was timed"
_TOO_FEW_STEPS = f"fewer than {MINIMUM_STEPS} steps have no such interval"
_OF_WINDOWS = (
    *("total_us", "stepless_us", "attributed_share", "breakdown"),
    *("layers", "kernels", "launch_queue"),
)
_COUNTS = ("steps", "windows", "windows_left_out", "profiled_steps")
_OF_STEPS = ("step_time_us", "is_stable", "flags", "flags_unknown")


def unbuilt_report(variant: Variant) -> Json:
    """Return a variant of which nothing is known."""
    described = {**_head(variant), **dict.fromkeys(_COUNTS, 0)}
    for key in ("device", "dtype", "measured_on", *_OF_STEPS, *_OF_WINDOWS, "work", "memory", "completeness"):
        described |= or_reason(key, None, _NEVER_BUILT)
    return described


def variant_report(
    variant: Variant, plan: RunPlan, model: BuiltModel, found: VariantSummary, peak: Json
) -> Json:
    """Return a variant; ``peak`` is its peak memory as the worker reported it."""
    return {
        **_head(variant),
        "device": model.device,
        "dtype": model.dtype,
        "steps": found.steps.count if found.steps else 0,
        "windows": found.windows,
        "windows_left_out": found.windows_left_out,
        "profiled_steps": found.profiled_steps,
        "measured_on": found.measured_on,
        **_step_time(found),
        "flags": [asdict(flag) for flag in found.flags.found],
        "flags_unknown": dict(found.flags.unknown),
        **_measured(found, plan),
        **work_report(found.work),
        "memory": {**_memory(peak), **step_memory_report(found.memory)},
        **_completeness(found.completeness, plan),
    }


def _head(variant: Variant) -> Json:
    return {
        "name": variant.name,
        "model": to_plain(variant.model),
        "overrides": to_plain(variant.overrides),
    }


def _step_time(found: VariantSummary) -> Json:
    if found.steps is None:
        return or_reason("step_time_us", None, _NO_STEP) | or_reason("is_stable", None, _NO_STEP)
    times = {key.removesuffix("_us"): us for key, us in asdict(found.steps).items() if key.endswith("_us")}
    interval, share = times.pop("median_interval_95"), found.steps.interval_share
    return {
        "step_time_us": {**times, **or_reason("interval_95", interval and list(interval), _TOO_FEW_STEPS)},
        **or_reason("is_stable", None if share is None else share <= STABLE_WITHIN, _TOO_FEW_STEPS),
    }


def _no_window(plan: RunPlan) -> str:
    return _NO_WINDOW if plan.budget_percent else _NO_BUDGET


def _measured(found: VariantSummary, plan: RunPlan) -> Json:
    reason = "" if found.profiled_steps else _no_window(plan)
    if not found.total_us and found.completeness is not None and found.completeness.hides_device:
        reason = found.completeness.reason
    if reason:
        parts: Json = {}
        for key in _OF_WINDOWS:
            parts |= or_reason(key, None, reason)
        return parts
    return {
        "total_us": found.total_us,
        "stepless_us": found.stepless_us,
        **or_reason("attributed_share", found.attributed_share, "nothing in the windows took any time"),
        **or_reason("breakdown", breakdown_report(found.breakdown), "no event arrived in the windows"),
        "layers": [layer_report(row, found.work, plan.phase != "forward") for row in found.layers],
        "kernels": [kernel_report(row) for row in found.kernels],
        **_launch_queue(found),
    }


def _launch_queue(found: VariantSummary) -> Json:
    queue = found.launch_queue
    if queue is None:
        on_device = found.measured_on == "device"
        return or_reason("launch_queue", None, NO_PAIRS if on_device else "nothing ran on a device")
    mean = or_reason("mean_length", queue.mean_length, "the launches span no time")
    lengths = {"newest_lengths": list(queue.newest_lengths)}
    return {"launch_queue": {**asdict(queue), **mean, **lengths}}


def _memory(peak: Json) -> Json:
    if not peak:
        reason = "the run ended before memory was measured"
        return or_reason("peak_allocated_bytes", None, reason)
    missing = {key.removesuffix("_unavailable"): None for key in peak if key.endswith("_unavailable")}
    return {**missing, **peak}


def _completeness(found: Completeness | None, plan: RunPlan) -> Json:
    if found is None:
        return or_reason("completeness", None, _no_window(plan))
    return {"completeness": completeness_report(found)}
