"""SummaryTable: the layer or kernel rows of all variants in one table."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from engine.analysis.results import MEASURED_OF_LAYER, KernelRow, LaunchSummary, LayerRow, RunSummary
from engine.recording.table_csv import write_csv

_KERNEL_COLUMNS = [field.name for field in fields(KernelRow) if field.name not in ("launch", "device_reason")]
_LAUNCH_COLUMNS = [field.name for field in fields(LaunchSummary) if not field.name.endswith("reason")]

TableName = Literal["layers", "kernels"]


def write_summary_table(path: Path, summary: RunSummary, name: TableName) -> None:
    """Write one row for each layer or kernel of each variant, in full precision.

    Raises `ProblemError` if the disk refuses; the file appears whole or not at all.
    """
    if name == "layers":
        columns = [field.name for field in fields(LayerRow)]
        rows = [
            [variant.name, *(_layer_cell(row, column) for column in columns)]
            for variant in summary.variants
            for row in variant.layers
        ]
    else:
        columns = [*_KERNEL_COLUMNS, *_LAUNCH_COLUMNS]
        rows = [_kernel_cells(variant.name, row) for variant in summary.variants for row in variant.kernels]
    write_csv(path, ["variant", *columns], rows)


def _kernel_cells(variant: str, row: KernelRow) -> list[Any]:
    launch = row.launch or LaunchSummary()
    own = (getattr(row, column) for column in _KERNEL_COLUMNS)
    return [variant, *own, *(getattr(launch, column) for column in _LAUNCH_COLUMNS)]


def _layer_cell(row: LayerRow, column: str) -> Any:
    """Return a cell; empty for what can't be told of a layer inside a compiled region."""
    if row.is_in_region and column in MEASURED_OF_LAYER:
        return None
    return getattr(row, column)
