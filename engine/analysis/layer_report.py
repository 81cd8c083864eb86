"""A row of layers as JSON, with a reason beside each number that is not there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.results import LayerRow
from engine.analysis.unavailable import NO_DEVICE, NO_LAUNCHES, or_reason
from engine.analysis.work_report import layer_work_reasons
from engine.analysis.work_results import VariantWork

Json = dict[str, Any]

_MEASURED = (
    *("forward_us", "backward_us", "forward_total_us", "backward_total_us"),
    *("calls", "kernel_count"),
    *("launches", "launch_overhead_us", "gap_count", "mean_gap_us"),
)
_NO_GAP = "nothing of this ran behind something else on its stream in the same step"
_ONE_REGION = "under torch.compile the model is one region: its layers can't be told apart"
_NO_BACKWARD = "there is no backward pass"


def layer_report(
    row: LayerRow, work: VariantWork | None, has_backward: bool, is_compiled: bool = False
) -> Json:
    """Return a row of layers; of a model under torch.compile the whole is known, its layers are not."""
    described = {**asdict(row), "unknown_ops": list(row.unknown_ops), **layer_work_reasons(row, work)}
    if is_compiled and row.kind == "layer" and row.path:
        for key in _MEASURED:
            described |= or_reason(key, None, _ONE_REGION)
        return described
    if not has_backward:
        described |= or_reason("backward_us", None, _NO_BACKWARD)
        described |= or_reason("backward_total_us", None, _NO_BACKWARD)
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
