"""A trace file as one JSON object: what ``summary --json`` writes.

::

    {"schema": 1,
     "events": 12078,                              rows of the file that are events with a time
     "kernels":   [{"name", "kind", "count", "total_us", "mean_us", "min_us", "max_us",
                    "per_step_us", "share", "layers", …}],   kernels, copies and fills, costliest first;
                                                  library, launch and bytes as in the report of a run
     "operators": [as kernels],                    with self time on the CPU
     "layers":    [as in the report of a run],     per step; with "variant" if there are several
     "span_us", "busy_us", "idle_us",              from the first device event to the end of the last
     "completeness": {as in the report of a run},
     "breakdown": {as in the report of a run},     of the mean step, or of the whole file without steps
     "steps", "attributed_share", "left_out": {rows by reason}, "damage": [sentences],
     "advice": [as in the report of a run]}

Times are microseconds, whole to the nanosecond. What is not available is null, and its sibling
``<name>_unavailable`` says why.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.analysis.advice.advice_report import advice_report
from engine.analysis.advice.results import Advice
from engine.analysis.breakdown_report import breakdown_report
from engine.analysis.completeness_report import completeness_report
from engine.analysis.kernel_report import kernel_report
from engine.analysis.layer_report import layer_report
from engine.analysis.results import KernelRow, VariantSummary
from engine.analysis.trace_summary import TraceSummary
from engine.analysis.unavailable import or_reason
from engine.trace.chrome_trace import ChromeTrace

SCHEMA = 1

Json = dict[str, Any]
NO_DEVICE_IN_TRACE = "nothing ran on a device in this trace"
_NO_LAYERS = "the trace names no layers: record it with Layerscope, or with_stack=True"


def trace_report(
    trace: ChromeTrace,
    summary: TraceSummary,
    variants: Sequence[VariantSummary],
    advice: Sequence[Advice] = (),
) -> Json:
    """Return a trace as JSON objects; ``variants`` have its layers, none if it names none."""
    no_device = why_no_device(summary)
    report: Json = {
        "schema": SCHEMA,
        "events": summary.completeness.events,
        **or_reason("kernels", _kernels(summary.kernels) or None, no_device),
        "operators": _kernels(summary.operators),
        **or_reason("layers", _layers(variants) or None, _NO_LAYERS),
    }
    for key in ("span_us", "busy_us", "idle_us"):
        report |= or_reason(key, getattr(summary, key), no_device)
    return {
        **report,
        "completeness": completeness_report(summary.completeness),
        "steps": summary.steps,
        **or_reason("breakdown", breakdown_report(summary.breakdown), "the trace holds no events"),
        **or_reason("attributed_share", summary.attributed_share, _NO_LAYERS),
        "left_out": dict(trace.left_out),
        "damage": list(trace.damage),
        "advice": advice_report(advice),
    }


def why_no_device(summary: TraceSummary) -> str:
    """Say why the trace has no device times."""
    return summary.completeness.reason if summary.completeness.hides_device else NO_DEVICE_IN_TRACE


def _kernels(rows: Sequence[KernelRow]) -> list[Json]:
    return [kernel_report(row) for row in rows]


def _layers(variants: Sequence[VariantSummary]) -> list[Json]:
    rows: list[Json] = []
    for variant in variants:
        has_backward = any(row.backward_us for row in variant.layers)
        named: Json = {"variant": variant.name} if len(variants) > 1 else {}
        rows += [named | layer_report(row, variant.work, has_backward) for row in variant.layers]
    return rows
