"""SummaryTable: the layer or kernel rows of all variants in one table."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

from engine.analysis.results import MEASURED_OF_LAYER, KernelRow, LayerRow, RunSummary
from engine.recording.table_csv import write_csv

TableName = Literal["layers", "kernels"]


def write_summary_table(path: Path, summary: RunSummary, name: TableName) -> None:
    """Write one row for each layer or kernel of each variant, in full precision.

    Raises `ProblemError` if the disk refuses; the file appears whole or not at all.
    """
    columns = [field.name for field in fields(LayerRow if name == "layers" else KernelRow)]
    rows = (
        [variant.name, *(_value(row, column) for column in columns)]
        for variant in summary.variants
        for row in (variant.layers if name == "layers" else variant.kernels)
    )
    write_csv(path, ["variant", *columns], rows)


def _value(row: LayerRow | KernelRow, column: str) -> Any:
    """Return a cell; empty for what can't be told of a layer inside a compiled region."""
    if isinstance(row, LayerRow) and row.is_in_region and column in MEASURED_OF_LAYER:
        return None
    return getattr(row, column)
