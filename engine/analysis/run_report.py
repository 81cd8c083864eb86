"""A run as one JSON object: what ``run --json`` writes.

::

    {"schema": 1,
     "outcome": "completed" | "cancelled" | "failed" | "crashed",
     "error": null | {"what", "where", "hint", "traceback"},
     "environment": {"torch", "python", "platform", "device", "device_name", "threads", "cuda", "cudnn", …},
     "plan": {every setting of the run}, "inputs": [{"shape", "dtype", "distribution", "below"}],
     "profiling_share": 0.07,                     share of the measuring time that windows cost, 0 … 1
     "variants": [{
       "name", "model": [nodes as in a project file], "device", "dtype",
       "steps", "windows", "windows_left_out",    left out: interrupted, over 3 times the median window
       "profiled_steps",                          in the windows that count
       "measured_on": "device" | "cpu",           kernels' device time, or operators' self time
       "step_time_us": {"median", "interval_95": [low, high] of the median, "mean", "min", "max",
                        "p1", "p5", "p10", "p25", "p75", "p90", "p95", "p99", "mad"},     of bare steps
       "is_stable",                               the interval lies within ±1 % of the median
       "flags": [{"kind": "drift" | "outliers" | "interrupted" | "throttled", "count", "text"}],
       "flags_unknown": {kind: reason},           nobody could look for these
       "total_us",                                what was measured, per profiled step
       "breakdown": {"basis", "device", "devices", "steps", "wall_us",            mean profiled step
                     "kernel_us", "memcpy_us", "memset_us", "between_kernels_us", "waiting_for_host_us",
                     "host": {"overhead_us", "host_wait_us", "runtime_us", "operators_us", "other_us"},
                     "unknown_us"},
       "attributed_share",                        part of it that a layer, the loss or the optimizer owns
       "layers":  [{"path", "type", "kind", "forward_us", "backward_us", "forward_total_us",
                    "backward_total_us", "calls", "kernel_count",
                    "launches", "launch_overhead_us", "gap_count", "mean_gap_us"}],            per step
       "kernels": [{"name", "kind", "count", "total_us", "mean_us", "min_us", "max_us",
                    "per_step_us", "share", "layers",                              over all profiled steps
                    "library", "launch": {"configurations", "grid", "block", "registers_per_thread",
                      "shared_memory_bytes", "blocks_per_sm", "occupancy_percent"},   kernels alone
                    "bytes", "bytes_per_second"}],                                 copies and fills alone
       "launch_queue": {"mean_length", "max_length", "mean_wait_us", "matched", "device_events",
                        "newest_lengths", "newest_us"},                            of the newest window
       "memory": {"peak_allocated_bytes", …},
       "completeness": {see `engine.analysis.completeness_report`}}]}

``layers`` holds the modules (kind "layer", the whole model having the path "") and a row each of
kind "loss", "optimizer" and "unattributed"; the own times of all rows sum to ``total_us``;
``*_total_us`` include the layers inside. ``launches`` are runtime calls that start kernels,
``launch_overhead_us`` the host's time in them; before ``gap_count`` of a layer's kernels, copies and
fills their stream stood idle for ``mean_gap_us`` on average. ``kernels`` are device kernels, copies and
fills, or on a CPU operators with self time. Grid, block, registers and shared memory of a ``launch`` are
its most frequent configuration's. ``launch_queue`` counts what was launched and had not begun, over time.

``breakdown`` splits the wall time of profiled steps (the profiler slows them): kernel, memcpy, memset,
between_kernels, waiting_for_host and unknown sum to ``wall_us``, and what the host did meanwhile
(``host``) sums to waiting_for_host; on a CPU ``host`` alone sums to ``wall_us``.

A number that is not available is null, and its sibling ``<name>_unavailable`` says why; so is a
whole section. There is never a NaN. In ``plan`` and ``inputs``, null means that a setting is not set.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, Protocol

from engine.analysis.breakdown_report import breakdown_report
from engine.analysis.completeness import Completeness
from engine.analysis.completeness_report import completeness_report
from engine.analysis.kernel_report import kernel_report
from engine.analysis.launch_queue import NO_PAIRS
from engine.analysis.results import LayerRow, RunSummary, VariantSummary
from engine.analysis.unavailable import NO_DEVICE, NO_LAUNCHES, or_reason
from engine.experiment.experiment import Experiment
from engine.experiment.project_schema import to_plain
from engine.experiment.run_plan import RunPlan
from engine.trace.built_model import BuiltModel
from engine.wire.median_interval import MINIMUM_STEPS, STABLE_WITHIN
from engine.wire.problem import Problem

SCHEMA = 1

Json = dict[str, Any]
_MEASURED_OF_LAYER = (
    *("forward_us", "backward_us", "forward_total_us", "backward_total_us"),
    *("calls", "kernel_count"),
    *("launches", "launch_overhead_us", "gap_count", "mean_gap_us"),
)

_ENVIRONMENT_REASONS = {
    "cuda": "this torch is built without CUDA",
    "cudnn": "this torch has no cuDNN",
    "hip": "this torch is built without ROCm",
    "interruption_evidence": "the operating system does not tell when it interrupts a process",
}
_NEVER_BUILT = "the run ended before this variant was built"
_NO_WINDOW = "the run ended before a profile window of this variant"
_NO_BUDGET = "nothing was profiled: the budget is 0 %"
_NO_GAP = "nothing of this ran behind something else on its stream in the same step"
_NO_STEP = "the run ended before a bare step was timed"
_TOO_FEW_STEPS = f"fewer than {MINIMUM_STEPS} steps have no such interval"
_ONE_REGION = "under torch.compile the model is one region: its layers can't be told apart"


class EndedRun(Protocol):
    """How a run ended, as `engine.recording.ending.Ending` says it."""

    @property
    def outcome(self) -> str: ...
    @property
    def problem(self) -> Problem | None: ...


class RecordedRun(Protocol):
    """What a report needs of a recording."""

    experiment: Experiment

    @property
    def environment(self) -> Json: ...
    @property
    def models(self) -> tuple[BuiltModel, ...]: ...
    @property
    def ending(self) -> EndedRun | None: ...
    def peak_memory(self, variant: int) -> Json: ...


def run_report(recording: RecordedRun, summary: RunSummary) -> Json:
    """Return a run as JSON objects; see the module's description for the keys.

    A recording without an ending was cut off: its outcome is "crashed".
    """
    ending = recording.ending
    problem = ending.problem if ending else Problem("The recording has no ending: the run was cut off.")
    report: Json = {
        "schema": SCHEMA,
        "outcome": ending.outcome if ending else "crashed",
        "error": problem.to_json() if problem else None,
        "environment": environment_report(recording.environment) if recording.environment else None,
        "plan": asdict(recording.experiment.plan),
        "inputs": [asdict(spec) for spec in recording.experiment.inputs],
        **or_reason("profiling_share", summary.profiling_share, "the run ended before it measured"),
        "variants": [_variant(recording, summary, number) for number in range(_variant_count(recording))],
    }
    if not recording.environment:
        report["environment_unavailable"] = "the run ended before its worker described itself"
    finite = _finite(report)
    assert isinstance(finite, dict)
    return finite


def _variant_count(recording: RecordedRun) -> int:
    return len(recording.experiment.variants)


def environment_report(environment: Json) -> Json:
    """Return what a worker said of its interpreter and devices, with a reason for all it could not tell."""
    described: Json = {}
    for name, value in environment.items():
        described |= or_reason(name, value, _ENVIRONMENT_REASONS.get(name, "the worker could not tell"))
    devices = [_device(device) for device in environment.get("devices", ())]
    return {**described, "devices": devices}


def _device(device: Json) -> Json:
    described: Json = {}
    for name, value in device.items():
        described |= or_reason(name, value, f"not known of {device.get('kind', 'such')} devices")
    return described


def _variant(recording: RecordedRun, summary: RunSummary, number: int) -> Json:
    variant = recording.experiment.variants[number]
    head: Json = {"name": variant.name, "model": to_plain(variant.model)}
    if number >= len(summary.variants):
        spread = ("step_time_us", "is_stable", "flags", "flags_unknown")
        measured = ("measured_on", *spread, "total_us", "attributed_share", "breakdown")
        keys = ("device", "dtype", *measured, "layers", "kernels", "launch_queue", "memory", "completeness")
        empty: Json = {**head, "steps": 0, "windows": 0, "windows_left_out": 0, "profiled_steps": 0}
        for key in keys:
            empty |= or_reason(key, None, _NEVER_BUILT)
        return empty
    found = summary.variants[number]
    model = recording.models[number]
    plan, compiled = recording.experiment.plan, variant.overrides.compile
    is_compiled = plan.compile if compiled is None else compiled
    return {
        **head,
        "device": model.device,
        "dtype": model.dtype,
        "steps": found.steps.count if found.steps else 0,
        "windows": found.windows,
        "windows_left_out": found.windows_left_out,
        "profiled_steps": found.profiled_steps,
        "measured_on": found.measured_on,
        **_step_time(found),
        **_flags(found),
        **_measured(found, plan, is_compiled=is_compiled),
        "memory": _memory(recording.peak_memory(number)),
        **_completeness(found.completeness, plan),
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


def _flags(found: VariantSummary) -> Json:
    return {"flags": [asdict(flag) for flag in found.flags.found], "flags_unknown": dict(found.flags.unknown)}


def _no_window(plan: RunPlan) -> str:
    return _NO_WINDOW if plan.budget_percent else _NO_BUDGET


def _measured(found: VariantSummary, plan: RunPlan, is_compiled: bool) -> Json:
    reason = "" if found.profiled_steps else _no_window(plan)
    if not found.total_us and found.completeness is not None and found.completeness.hides_device:
        reason = found.completeness.reason
    if reason:
        parts: Json = {}
        for key in ("total_us", "attributed_share", "breakdown", "layers", "kernels", "launch_queue"):
            parts |= or_reason(key, None, reason)
        return parts
    return {
        "total_us": found.total_us,
        **or_reason("attributed_share", found.attributed_share, "nothing in the windows took any time"),
        **or_reason("breakdown", breakdown_report(found.breakdown), "no event arrived in the windows"),
        "layers": [layer_report(row, plan.phase != "forward", is_compiled) for row in found.layers],
        "kernels": [kernel_report(row) for row in found.kernels],
        **_launch_queue(found),
    }


def layer_report(row: LayerRow, has_backward: bool, is_compiled: bool = False) -> Json:
    """Return a row of layers; of a model under torch.compile the whole is known, its layers are not."""
    described = asdict(row)
    if is_compiled and row.kind == "layer" and row.path:
        for key in _MEASURED_OF_LAYER:
            described |= or_reason(key, None, _ONE_REGION)
        return described
    if not has_backward:
        reason = "there is no backward pass"
        described |= or_reason("backward_us", None, reason) | or_reason("backward_total_us", None, reason)
    if row.kind != "layer":
        described |= or_reason("calls", None, "only layers are called")
    return described | _launching(row)


def _launching(row: LayerRow) -> Json:
    """Return what is known of launches and gaps; without a device there are no gaps to count."""
    no_calls = NO_DEVICE if row.gap_count is None else NO_LAUNCHES
    described: Json = {}
    for key in ("launches", "launch_overhead_us"):
        described |= or_reason(key, getattr(row, key), no_calls)
    no_gap = NO_DEVICE if row.gap_count is None else _NO_GAP
    return (
        described
        | or_reason("gap_count", row.gap_count, NO_DEVICE)
        | or_reason("mean_gap_us", row.mean_gap_us, no_gap)
    )


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


def _finite(value: Any) -> Any:
    """Return the value with every number that JSON can't hold replaced by null and its reason."""
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    if not isinstance(value, dict):
        return None if isinstance(value, float) and not math.isfinite(value) else value
    clean: Json = {}
    for key, item in value.items():
        clean[key] = _finite(item)
        if clean[key] is None and item is not None:
            clean[f"{key}_unavailable"] = f"it is not a finite number: {item}"
    return clean
