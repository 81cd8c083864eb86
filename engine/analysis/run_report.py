"""A run as one JSON object: what ``run --json`` writes.

::

    {"schema": 1,
     "outcome": "completed" | "cancelled" | "failed" | "crashed",
     "error": null | {"what", "where", "hint", "traceback"},
     "environment": {"torch", "python", "platform", "device", "device_name", "threads", "cuda", "cudnn", …},
     "plan": {every setting of the run}, "inputs": [{"shape", "dtype", "distribution", "below"}],
     "profiling_share": 0.07,                     share of the measuring time that windows cost, 0 … 1
     "variants": [{
       "name", "model": [nodes as in a project file],
       "overrides": {settings that differ from the plan: as in a project file}, "device", "dtype",
       "steps", "windows", "windows_left_out",    left out: interrupted, over 3 times the median window
       "profiled_steps",                          in the windows that count
       "measured_on": "device" | "cpu",           kernels' device time, or operators' self time
       "step_time_us": {"median", "interval_95": [low, high] of the median, "mean", "min", "max",
                        "p1", "p5", "p10", "p25", "p75", "p90", "p95", "p99", "mad"},     of bare steps
       "is_stable",                               the interval lies within ±1 % of the median
       "flags": [{"kind": "drift" | "outliers" | "interrupted" | "throttled", "count", "text", "advice"}],
       "flags_unknown": {kind: reason},           nobody could look for these
       "total_us",                                what was measured, per profiled step
       "stepless_us",                             part of it that belongs to no step: queued before them
       "breakdown": {"basis", "device", "devices", "steps", "wall_us",            mean profiled step
                     "kernel_us", "memcpy_us", "memset_us", "between_kernels_us", "waiting_for_host_us",
                     "host": {"overhead_us", "host_wait_us", "runtime_us", "operators_us", "other_us"},
                     "unknown_us"},
       "attributed_share",                        part of it that a layer, the loss or the optimizer owns
       "layers":  [{"path", "type", "kind", "forward_us", "backward_us", "forward_total_us",
                    "backward_total_us", "calls", "kernel_count",
                    "launches", "launch_overhead_us", "gap_count", "mean_gap_us",
                    "parameter_count", "parameter_bytes", "forward_flops", "backward_flops", "flops_total",
                    "estimated_flops", "unknown_ops", "moved_bytes", "moved_bytes_total",
                    "arithmetic_intensity", "achieved_flops_per_second",
                    "achieved_bytes_per_second", "compiled_region"}],              per step
       "kernels": [{"name", "kind", "count", "total_us", "mean_us", "min_us", "max_us",
                    "per_step_us", "share", "layers",                              over all profiled steps
                    "library", "launch": {"configurations", "grid", "block", "registers_per_thread",
                      "shared_memory_bytes", "blocks_per_sm", "occupancy_percent"},   kernels alone
                    "bytes", "bytes_per_second"}],                                 copies and fills alone
       "launch_queue": {"mean_length", "max_length", "mean_wait_us", "matched", "device_events",
                        "newest_lengths", "newest_us"},                            of the newest window
       "work": {"flops", "forward_flops", "backward_flops", "loss_flops", "optimizer_flops",
                "estimated_flops", "unknown_ops": {name: calls}, "moved_bytes", "arithmetic_intensity",
                "achieved_flops_per_second", "achieved_bytes_per_second"},         one whole step
       "memory": {"peak_allocated_bytes", "step_peak_bytes", "held_bytes", "source",
         "step": {"peak_bytes", "peak_phase", "held_bytes", "allocated_bytes", "allocation_count",
           "reserved_bytes",
           "kinds":   [{"kind", "bytes", "count"}],                                alive at the peak
           "layers":  [{"kind", "path", "type", "forward_allocated_bytes", "backward_allocated_bytes",
                        "peak_bytes", "peak_total_bytes", "alive_bytes"}],
           "phases":  [{"phase", "allocated_bytes", "peak_bytes", "reserved_bytes"}],
           "largest": [{"kind", "owner", "path", "phase", "op", "bytes"}],         alive at the peak
           "other_bytes", "other_count"}},
       "completeness": {see `engine.analysis.completeness_report`}}],
     "comparisons": [{see `engine.analysis.comparison.comparison_report`}],
     "advice": [{"title", "text", "variant", "layer", "saves_us", "saves_share", "share_of", "of_us",
                 "kind": "measured" | "estimated" | "derived", "is_at_most", "basis", "evidence",
                 "what_to_do"}]}                   what saves the most first; savings overlap

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

FLOPs count a multiplication and an addition as two: by formula for matrix products, convolutions and
attention, estimated from the number of elements for the rest (``estimated_flops``). What is in
``unknown_ops`` is not in them: they are a lower bound then. ``moved_bytes`` counts what each operator has
to read and write once (of a gather, what it returns; nothing of tensors that don't say where they lie).
A layer's ``flops_total``, ``moved_bytes_total``, ``unknown_ops``, intensity and rates include
the layers inside; its rates divide by its time under the profiler, those of ``work`` by the median bare
step. Of ``memory.step``, ``kinds``, ``layers`` (``alive_bytes``) and ``largest`` + ``other_bytes`` each sum
to its peak.

``compiled_region`` is the path of the layer that torch.compile made one region of, which alone has
numbers.

A number that is not available is null, and its sibling ``<name>_unavailable`` says why; so is a
whole section. There is never a NaN. In ``plan`` and ``inputs``, null means that a setting is not set.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

from engine.analysis.advice.advice_report import advice_report
from engine.analysis.advice.results import Advice
from engine.analysis.comparison.comparison_report import comparison_report
from engine.analysis.comparison.results import Comparison
from engine.analysis.results import RunSummary
from engine.analysis.unavailable import or_reason
from engine.analysis.variant_report import unbuilt_report, variant_report
from engine.experiment.experiment import Experiment
from engine.trace.built_model import BuiltModel
from engine.wire.problem import Problem

SCHEMA = 1

Json = dict[str, Any]

_ENVIRONMENT_REASONS = {
    "cuda": "this torch is built without CUDA",
    "cudnn": "this torch has no cuDNN",
    "hip": "this torch is built without ROCm",
    "interruption_evidence": "the operating system does not tell when it interrupts a process",
}


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


def run_report(
    recording: RecordedRun,
    summary: RunSummary,
    comparisons: Sequence[Comparison] = (),
    advice: Sequence[Advice] = (),
) -> Json:
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
        "variants": _variants(recording, summary),
        "comparisons": [comparison_report(comparison) for comparison in comparisons],
        "advice": advice_report(advice),
    }
    if not recording.environment:
        report["environment_unavailable"] = "the run ended before its worker described itself"
    return with_finite_numbers(report)


def _variants(recording: RecordedRun, summary: RunSummary) -> list[Json]:
    experiment, built = recording.experiment, len(summary.variants)
    known = [
        variant_report(
            experiment.variants[number],
            experiment.plan,
            recording.models[number],
            summary.variants[number],
            recording.peak_memory(number),
        )
        for number in range(built)
    ]
    return known + [unbuilt_report(variant) for variant in experiment.variants[built:]]


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


def with_finite_numbers(report: Json) -> Json:
    """Return a report with every number that JSON can't hold replaced by null and its reason."""
    finite = _finite(report)
    assert isinstance(finite, dict)
    return finite


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
