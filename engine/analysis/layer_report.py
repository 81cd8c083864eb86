"""A row of layers as JSON, with a reason beside each number that is not there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.results import MEASURED_OF_LAYER, LayerRow
from engine.analysis.unavailable import NO_DEVICE, NO_LAUNCHES, or_reason
from engine.analysis.work_report import layer_work_reasons
from engine.analysis.work_results import VariantWork

Json = dict[str, Any]

_NO_GAP = "nothing of this ran behind something else on its stream in the same step"
_ONE_REGION = "under torch.compile, {region} is one region: the layers in it can't be told apart"
_NOT_COMPILED = "it is in no region that torch.compile made"
_NO_BACKWARD = "there is no backward pass"


def layer_report(row: LayerRow, work: VariantWork | None, has_backward: bool) -> Json:
    """Return a row of layers; of a compiled region the whole is known, the layers in it are not."""
    described = {**asdict(row), "unknown_ops": list(row.unknown_ops), **layer_work_reasons(row, work)}
    described |= or_reason("compiled_region", row.compiled_region, _NOT_COMPILED)
    if row.is_in_region:
        reason = _ONE_REGION.format(region=row.compiled_region or "the model")
        for key in MEASURED_OF_LAYER:
            described |= or_reason(key, None, reason)
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
