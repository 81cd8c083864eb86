"""The tree of layers, from a summary and the models as built."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QCoreApplication

from engine.analysis.results import LayerRow, RowKind, VariantSummary
from engine.trace.built_model import BuiltModel
from gui.layers_page.layer_entry import LayerEntry


def layer_entries(variant: int, model: BuiltModel, summary: VariantSummary | None) -> tuple[LayerEntry, ...]:
    """Return one variant's layers as a tree, what belongs to no layer, and the sum of all."""
    is_measured = summary is not None and summary.profiled_steps > 0
    rows = summary.layers if summary is not None and is_measured else _unmeasured(model)
    total_us = summary.total_us if summary is not None and is_measured else None
    tree = _LayerTree(variant, rows, model, total_us, summary)
    return (*tree.entries(None), tree.sum_entry())


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


class _LayerTree:
    """Puts each layer below the nearest layer whose qualified name it continues."""

    def __init__(
        self,
        variant: int,
        rows: Sequence[LayerRow],
        model: BuiltModel,
        total_us: float | None,
        summary: VariantSummary | None,
    ) -> None:
        self._variant = variant
        self._rows = rows
        self._total_us = total_us
        self._summary = summary
        memory = summary.memory if summary is not None else None
        owners = memory.layers if memory is not None else ()
        self._peaks = {(owner.kind, owner.path): owner.peak_total_bytes for owner in owners}
        self._parameters = _parameters_with_inner(model)
        paths = {row.path for row in rows if row.kind == "layer"}
        self._below: dict[str | None, list[LayerRow]] = {}
        for row in rows:
            outer = _outer(row.path, paths) if row.kind == "layer" else None
            self._below.setdefault(outer, []).append(row)

    def entries(self, outer: str | None) -> tuple[LayerEntry, ...]:
        """Return the rows below a layer; None is the top."""
        return tuple(self._entry(row) for row in self._below.get(outer, ()))

    def sum_entry(self) -> LayerEntry:
        """Own times are summed, so that this row shows whether the parts make the whole."""
        rows, total_us = self._rows, self._total_us
        own_us = sum(row.own_us for row in rows)
        return LayerEntry(
            kind="sum",
            variant=self._variant,
            path="",
            name=QCoreApplication.translate("LayersPage", "Sum"),
            forward_us=self._known(sum(row.forward_us for row in rows)),
            backward_us=self._known(sum(row.backward_us for row in rows)),
            total_us=self._known(own_us),
            own_us=self._known(own_us),
            # Rounding errors of the sum are not missing time.
            share=round(own_us / total_us, 9) if total_us else None,
            kernel_count=self._known(sum(row.kernel_count for row in rows)),
            parameter_count=self._parameters.get(""),
            launches=_sum_of(row.launches for row in rows),
            launch_overhead_us=_sum_of(row.launch_overhead_us for row in rows),
            mean_gap_us=_mean_gap_us(rows),
            **_whole_step(self._summary, total_us),
        )

    def _entry(self, row: LayerRow) -> LayerEntry:
        if row.is_in_region:
            return self._entry_in_region(row)
        is_layer = row.kind == "layer"
        return LayerEntry(
            kind=row.kind,
            variant=self._variant,
            path=row.path,
            name=_name(row),
            type=row.type,
            forward_us=self._known(row.forward_total_us),
            backward_us=self._known(row.backward_total_us),
            total_us=self._known(row.total_us),
            own_us=self._known(row.own_us),
            share=row.own_us / self._total_us if self._total_us else None,
            calls=self._known(row.calls) if is_layer else None,
            kernel_count=self._known(row.kernel_count),
            parameter_count=self._parameters.get(row.path) if is_layer else None,
            launches=row.launches,
            launch_overhead_us=row.launch_overhead_us,
            mean_gap_us=row.mean_gap_us,
            flops=row.flops_total,
            moved_bytes=row.moved_bytes_total,
            unknown_ops=row.unknown_ops,
            flops_per_second=row.achieved_flops_per_second,
            bytes_per_second=row.achieved_bytes_per_second,
            flops_per_byte=row.arithmetic_intensity,
            peak_memory_bytes=self._peaks.get((row.kind, row.path)),
            children=self.entries(row.path) if is_layer else (),
            region=_region(row),
        )

    def _entry_in_region(self, row: LayerRow) -> LayerEntry:
        return LayerEntry(
            kind=row.kind,
            variant=self._variant,
            path=row.path,
            name=_name(row),
            type=row.type,
            parameter_count=self._parameters.get(row.path),
            children=self.entries(row.path),
            region=_region(row),
        )

    def _known(self, value: float) -> float | None:
        """Before the first window no number is known."""
        return None if self._total_us is None else value


def _sum_of(values: Iterable[float | None]) -> float | None:
    """Add what is known; None if nothing is."""
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _mean_gap_us(rows: Sequence[LayerRow]) -> float | None:
    gaps = [(row.mean_gap_us, row.gap_count) for row in rows if row.mean_gap_us is not None and row.gap_count]
    count = sum(weight for _, weight in gaps)
    return sum(mean * weight for mean, weight in gaps) / count if count else None


def _whole_step(summary: VariantSummary | None, total_us: float | None) -> dict[str, Any]:
    """Return what is known of a whole step's work and memory; rates by ``total_us``, as those of layers."""
    work, memory = (summary.work, summary.memory) if summary is not None else (None, None)
    known: dict[str, Any] = {"peak_memory_bytes": memory.peak_bytes if memory is not None else None}
    if work is None:
        return known
    return known | {
        "flops": work.flops,
        "moved_bytes": work.moved_bytes,
        "unknown_ops": tuple(sorted(work.unknown_ops)),
        "flops_per_second": _rate(work.flops, total_us),
        "bytes_per_second": _rate(work.moved_bytes, total_us),
        "flops_per_byte": work.arithmetic_intensity,
    }


def _rate(work: int | None, total_us: float | None) -> float | None:
    return work / total_us * 1e6 if work is not None and total_us else None


def _name(row: LayerRow) -> str:
    if row.kind != "layer":
        return _other_name(row.kind)
    name = row.path.rpartition(".")[2] or row.type or "(model)"
    if row.compiled_region == row.path:
        return QCoreApplication.translate("LayersPage", "{0} · compiled").format(name)
    return name


def _region(row: LayerRow) -> str:
    if row.compiled_region is None:
        return ""
    if row.is_in_region:
        text = QCoreApplication.translate(
            "LayersPage",
            "Part of the compiled region {0}: torch.compile made one of them, which has their times",
        )
        return text.format(row.compiled_region or QCoreApplication.translate("LayersPage", "(model)"))
    return QCoreApplication.translate(
        "LayersPage",
        "A compiled region: torch.compile made one of the layers in it, this row has their times",
    )


def _other_name(kind: RowKind) -> str:
    match kind:
        case "loss":
            return QCoreApplication.translate("LayersPage", "Loss")
        case "optimizer":
            return QCoreApplication.translate("LayersPage", "Optimizer")
        case "unattributed" | "layer":
            return QCoreApplication.translate("LayersPage", "Unattributed")


def _parameters_with_inner(model: BuiltModel) -> dict[str, int]:
    """Return the layers' parameters by path; none of a trace, which does not tell them."""
    if any(layer.parameter_count is None for layer in model.layers):
        return {}
    counts = dict.fromkeys(("", *model.layer_paths), 0)
    for layer in model.layers:
        path, own = layer.path, layer.parameter_count or 0
        counts[path] += own
        while path:
            path = path.rpartition(".")[0]
            if path in counts:
                counts[path] += own
    return counts


def _outer(path: str, paths: set[str]) -> str | None:
    while path:
        path = path.rpartition(".")[0]
        if path in paths:
            return path
    return None
