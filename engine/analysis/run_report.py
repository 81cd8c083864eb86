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
       "step_time_us": {"median", "mean", "min", "max", "p10", "p90", "mad"},     of bare steps
       "total_us",                                what was measured, per profiled step
       "attributed_share",                        part of it that a layer, the loss or the optimizer owns
       "layers":  [{"path", "type", "kind", "forward_us", "backward_us", "forward_total_us",
                    "backward_total_us", "calls", "kernel_count", "compiled_region"}],    per step
       "kernels": [{"name", "kind", "count", "total_us", "mean_us", "min_us", "max_us",
                    "per_step_us", "share", "layers"}],                            over all profiled steps
       "memory": {"peak_allocated_bytes", …},
       "completeness": {"events", "launches", "launches_matched", "kernels", "kernels_matched"}}]}

``layers`` holds the modules (kind "layer", the whole model having the path "") and a row each of
kind "loss", "optimizer" and "unattributed"; the own times of all rows sum to ``total_us``;
``*_total_us`` include the layers inside. ``compiled_region`` is the path of the layer that torch.compile
made one region of, which alone has numbers, or null. ``kernels`` are device kernels, copies and fills,
or on a CPU operators with self time.

A number that is not available is null, and its sibling ``<name>_unavailable`` says why; so is a
whole section. There is never a NaN. In ``plan`` and ``inputs``, null means that a setting is not set.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any, Protocol

from engine.analysis.results import (
    MEASURED_OF_LAYER,
    Completeness,
    KernelRow,
    LayerRow,
    RunSummary,
    VariantSummary,
)
from engine.experiment.experiment import Experiment
from engine.experiment.project_schema import to_plain
from engine.experiment.run_plan import RunPlan
from engine.trace.built_model import BuiltModel
from engine.wire.problem import Problem

SCHEMA = 1

Json = dict[str, Any]

_ENVIRONMENT_REASONS = {
    "cuda": "this torch is built without CUDA",
    "cudnn": "this torch has no cuDNN",
    "hip": "this torch is built without ROCm",
}
_NEVER_BUILT = "the run ended before this variant was built"
_NO_WINDOW = "the run ended before a profile window of this variant"
_NO_BUDGET = "nothing was profiled: the budget is 0 %"
_ONE_REGION = "under torch.compile, {region} is one region: the layers in it can't be told apart"


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
        **_or_reason("profiling_share", summary.profiling_share, "the run ended before it measured"),
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
        described |= _or_reason(name, value, _ENVIRONMENT_REASONS.get(name, "the worker could not tell"))
    devices = [_device(device) for device in environment.get("devices", ())]
    return {**described, "devices": devices}


def _device(device: Json) -> Json:
    described: Json = {}
    for name, value in device.items():
        described |= _or_reason(name, value, f"not known of {device.get('kind', 'such')} devices")
    return described


def _variant(recording: RecordedRun, summary: RunSummary, number: int) -> Json:
    variant = recording.experiment.variants[number]
    head: Json = {"name": variant.name, "model": to_plain(variant.model)}
    if number >= len(summary.variants):
        measured = ("measured_on", "step_time_us", "total_us", "attributed_share", "layers", "kernels")
        keys = ("device", "dtype", *measured, "memory", "completeness")
        empty: Json = {**head, "steps": 0, "windows": 0, "windows_left_out": 0, "profiled_steps": 0}
        for key in keys:
            empty |= _or_reason(key, None, _NEVER_BUILT)
        return empty
    found = summary.variants[number]
    model = recording.models[number]
    plan = recording.experiment.plan
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
        **_measured(found, plan),
        "memory": _memory(recording.peak_memory(number)),
        **_completeness(found.completeness, plan),
    }


def _step_time(found: VariantSummary) -> Json:
    if found.steps is None:
        return _or_reason("step_time_us", None, "the run ended before a bare step was timed")
    statistics = asdict(found.steps)
    return {
        "step_time_us": {
            key.removesuffix("_us"): value for key, value in statistics.items() if key.endswith("_us")
        }
    }


def _no_window(plan: RunPlan) -> str:
    return _NO_WINDOW if plan.budget_percent else _NO_BUDGET


def _measured(found: VariantSummary, plan: RunPlan) -> Json:
    if not found.profiled_steps:
        parts: Json = {}
        for key in ("total_us", "attributed_share", "layers", "kernels"):
            parts |= _or_reason(key, None, _no_window(plan))
        return parts
    return {
        "total_us": found.total_us,
        **_or_reason("attributed_share", found.attributed_share, "nothing in the windows took any time"),
        "layers": [_layer(row, plan.phase != "forward") for row in found.layers],
        "kernels": [_kernel(row) for row in found.kernels],
    }


def _layer(row: LayerRow, has_backward: bool) -> Json:
    described = asdict(row)
    if row.is_in_region:
        reason = _ONE_REGION.format(region=row.compiled_region or "the model")
        for key in MEASURED_OF_LAYER:
            described |= _or_reason(key, None, reason)
        return described
    if not has_backward:
        reason = "the run has no backward pass"
        described |= _or_reason("backward_us", None, reason) | _or_reason("backward_total_us", None, reason)
    if row.kind != "layer":
        described |= _or_reason("calls", None, "only layers are called")
    return described


def _kernel(row: KernelRow) -> Json:
    return {**asdict(row), "layers": list(row.layers)}


def _memory(peak: Json) -> Json:
    if not peak:
        reason = "the run ended before memory was measured"
        return _or_reason("peak_allocated_bytes", None, reason)
    missing = {key.removesuffix("_unavailable"): None for key in peak if key.endswith("_unavailable")}
    return {**missing, **peak}


def _completeness(found: Completeness | None, plan: RunPlan) -> Json:
    if found is None:
        return _or_reason("completeness", None, _no_window(plan))
    described: Json = {"events": found.events}
    for key in ("launches", "launches_matched", "kernels", "kernels_matched"):
        described |= _or_reason(key, getattr(found, key), found.reason or "the profile doesn't say")
    return {"completeness": described}


def _or_reason(key: str, value: Any, reason: str) -> Json:
    """Return the value under its key; for None also why it is not there."""
    if value is None:
        return {key: None, f"{key}_unavailable": reason}
    return {key: value}


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
