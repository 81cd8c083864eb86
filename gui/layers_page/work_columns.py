"""The columns of the layers tree that tell of work and memory."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.analysis.units import format_bytes
from engine.analysis.work_units import (
    format_bytes_per_second,
    format_flops,
    format_flops_per_second,
    format_intensity,
)
from gui.layers_page.layer_entry import LayerEntry
from gui.tables.column import Column

# Shown where they are known: a trace tells neither of work nor of what a layer holds.
WORK_COLUMNS = frozenset({"flops", "flops_per_second"})
MEMORY_COLUMNS = frozenset({"peak_memory_bytes"})


def work_columns() -> tuple[Column[LayerEntry], ...]:
    """Return FLOPs, bytes, their rates and ratio, and the peak memory; all with the layers inside."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("LayersPage", text)

    return (
        Column(
            title=tr("FLOPs"),
            name="flops",
            value=lambda e: e.flops,
            text=_flops,
            cell_tip=_unknown,
            width=100,
            tip=tr(
                "Floating-point operations per step, the layers inside included: by formula for matrix "
                "products, convolutions and attention, else estimated from the number of elements"
            ),
        ),
        Column(
            title=tr("FLOP/s"),
            name="flops_per_second",
            value=lambda e: e.flops_per_second,
            text=lambda e: format_flops_per_second(e.flops_per_second, bool(e.unknown_ops)),
            cell_tip=_unknown,
            width=116,
            tip=tr("FLOPs per second of the layer's time, under the profiler"),
        ),
        Column(
            title=tr("Bytes"),
            name="moved_bytes",
            value=lambda e: e.moved_bytes,
            text=lambda e: format_bytes(e.moved_bytes),
            is_shown=False,
            width=84,
            tip=tr("What its operators read and write at least, per step"),
        ),
        Column(
            title=tr("Bytes/s"),
            name="bytes_per_second",
            value=lambda e: e.bytes_per_second,
            text=lambda e: format_bytes_per_second(e.bytes_per_second),
            is_shown=False,
            width=90,
            tip=tr("Bytes moved at least per second of the layer's time, under the profiler"),
        ),
        Column(
            title=tr("Intensity"),
            name="flops_per_byte",
            value=lambda e: e.flops_per_byte,
            text=lambda e: format_intensity(e.flops_per_byte, bool(e.unknown_ops)),
            cell_tip=_unknown,
            is_shown=False,
            width=104,
            tip=tr("FLOPs for each byte moved"),
        ),
        Column(
            title=tr("Memory"),
            name="peak_memory_bytes",
            value=lambda e: e.peak_memory_bytes,
            text=lambda e: format_bytes(e.peak_memory_bytes),
            width=84,
            tip=tr("The most it holds at one time in a step: parameters, gradients, activations"),
        ),
    )


def _flops(entry: LayerEntry) -> str:
    if entry.flops is None and entry.unknown_ops:
        return QCoreApplication.translate("LayersPage", "unknown")
    return format_flops(entry.flops, bool(entry.unknown_ops))


def _unknown(entry: LayerEntry) -> str:
    if not entry.unknown_ops:
        return ""
    text = QCoreApplication.translate("LayersPage", "A lower bound: nobody knows the FLOPs of {0}")
    return text.format(", ".join(entry.unknown_ops))
