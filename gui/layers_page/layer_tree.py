"""The tree of layers, from a summary and the models as built."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from engine.analysis.results import LayerRow, RowKind, VariantSummary
from engine.trace.built_model import BuiltModel
from gui.layers_page.layer_entry import LayerEntry


def layer_entries(variant: int, model: BuiltModel, summary: VariantSummary | None) -> tuple[LayerEntry, ...]:
    """Return one variant's layers as a tree, what belongs to no layer, and the sum of all."""
    is_measured = summary is not None and summary.profiled_steps > 0
    rows = summary.layers if summary is not None and is_measured else _unmeasured(model)
    total_us = summary.total_us if summary is not None and is_measured else None
    parameters = {layer.path: layer.parameter_count for layer in model.layers}
    entries = [_entry(variant, row, parameters, total_us) for row in rows]
    return (*_nested(entries), _sum(variant, rows, parameters, total_us))


def variant_entry(variant: int, model: BuiltModel, summary: VariantSummary | None) -> LayerEntry:
    """Return a variant with its tree below it."""
    children = layer_entries(variant, model, summary)
    return LayerEntry(
        kind="variant",
        variant=variant,
        path="",
        name=model.name,
        forward_us=children[-1].forward_us,
        backward_us=children[-1].backward_us,
        total_us=children[-1].total_us,
        parameter_count=children[-1].parameter_count,
        children=children,
    )


def _unmeasured(model: BuiltModel) -> tuple[LayerRow, ...]:
    return tuple(LayerRow(path=layer.path, type=layer.type) for layer in model.layers)


def _entry(variant: int, row: LayerRow, parameters: dict[str, int], total_us: float | None) -> LayerEntry:
    entry = LayerEntry(
        kind=row.kind,
        variant=variant,
        path=row.path,
        name=_name(row),
        type=row.type,
        parameter_count=_parameters_of(row.path, parameters) if row.kind == "layer" else None,
    )
    if total_us is None:
        return entry
    return replace(
        entry,
        forward_us=row.forward_total_us,
        backward_us=row.backward_total_us,
        total_us=row.total_us,
        own_us=row.own_us,
        share=row.own_us / total_us if total_us > 0 else None,
        calls=row.calls if row.kind == "layer" else None,
        kernel_count=row.kernel_count,
    )


def _sum(
    variant: int, rows: Sequence[LayerRow], parameters: dict[str, int], total_us: float | None
) -> LayerEntry:
    """Own times are summed, so that this row shows whether the parts make the whole."""
    entry = LayerEntry(
        kind="sum",
        variant=variant,
        path="",
        name=QCoreApplication.translate("LayersPage", "Sum"),
        parameter_count=sum(parameters.values()),
    )
    if total_us is None:
        return entry
    own_us = sum(row.own_us for row in rows)
    return replace(
        entry,
        forward_us=sum(row.forward_us for row in rows),
        backward_us=sum(row.backward_us for row in rows),
        total_us=own_us,
        own_us=own_us,
        # Rounding errors of the sum are not missing time.
        share=round(own_us / total_us, 9) if total_us > 0 else None,
        kernel_count=sum(row.kernel_count for row in rows),
    )


def _name(row: LayerRow) -> str:
    if row.kind == "layer":
        return row.path.rpartition(".")[2] or row.type or "(model)"
    return _other_name(row.kind)


def _other_name(kind: RowKind) -> str:
    match kind:
        case "loss":
            return QCoreApplication.translate("LayersPage", "Loss")
        case "optimizer":
            return QCoreApplication.translate("LayersPage", "Optimizer")
        case "unattributed" | "layer":
            return QCoreApplication.translate("LayersPage", "Unattributed")


def _parameters_of(path: str, parameters: dict[str, int]) -> int:
    prefix = f"{path}." if path else ""
    return sum(count for other, count in parameters.items() if other == path or other.startswith(prefix))


def _nested(entries: Sequence[LayerEntry]) -> tuple[LayerEntry, ...]:
    """Put each layer below the nearest layer whose qualified name it continues."""
    paths = {entry.path for entry in entries if entry.kind == "layer"}
    below: dict[str | None, list[LayerEntry]] = {}
    for entry in entries:
        outer = _outer(entry.path, paths) if entry.kind == "layer" else None
        below.setdefault(outer, []).append(entry)

    def grown(entry: LayerEntry) -> LayerEntry:
        children = below.get(entry.path, ()) if entry.kind == "layer" else ()
        return replace(entry, children=tuple(grown(child) for child in children))

    return tuple(grown(entry) for entry in below.get(None, ()))


def _outer(path: str, paths: set[str]) -> str | None:
    while path:
        path = path.rpartition(".")[0]
        if path in paths:
            return path
    return None
