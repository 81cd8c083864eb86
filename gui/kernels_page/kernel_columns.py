"""The columns of the kernels table."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.units import format_count, format_share, format_us
from gui.kernels_page.kernel_entry import KernelEntry
from gui.kernels_page.launch_columns import launch_columns
from gui.tables.column import Column

KernelColumn = Column[KernelEntry]

# The detail below the table has the whole name: some run to thousands of characters.
_LONGEST_TIP = 500


def kernel_columns() -> tuple[KernelColumn, ...]:
    """Return all columns in their first order."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("KernelsPage", text)

    return (
        Column(
            title=tr("Name"),
            name="name",
            value=lambda e: e.row.name,
            # Whole names of templates begin and end alike, and what differs is cut out of the middle.
            text=lambda e: short_kernel_name(_one_line(e.row.name)) or tr("(no name)"),
            cell_tip=lambda e: _one_line(e.row.name)[:_LONGEST_TIP],
            is_number=False,
            width=260,
        ),
        _text(tr("Kind"), "kind", lambda e: e.row.kind, width=70),
        _text(tr("Library"), "library", lambda e: e.row.library or "", width=106),
        _text(tr("Variant"), "variant", lambda e: e.variant, width=110),
        Column(
            title=tr("Share"),
            name="share",
            value=lambda e: e.row.share,
            text=lambda e: format_share(e.row.share),
            share=lambda e: e.row.share,
            width=90,
            tip=tr("Share of the variant's total time"),
        ),
        _time(tr("Per step"), "per_step_us", lambda e: e.row.per_step_us),
        Column(
            title=tr("Count"),
            name="count",
            value=lambda e: e.row.count,
            text=lambda e: format_count(e.row.count),
            width=72,
            tip=tr("In all profiled steps"),
        ),
        _time(tr("Mean"), "mean_us", lambda e: e.row.mean_us),
        _time(tr("Min"), "min_us", lambda e: e.row.min_us),
        _time(tr("Max"), "max_us", lambda e: e.row.max_us),
        _time(tr("Total"), "total_us", lambda e: e.row.total_us),
        _text(tr("Layers"), "layers", lambda e: ", ".join(_layer(path) for path in e.row.layers), width=220),
        *launch_columns(),
    )


def _one_line(name: str) -> str:
    """AMD's profiler leaves some kernels nameless; some names hold line breaks."""
    return " ".join(name.split())


def _layer(path: str) -> str:
    return path or QCoreApplication.translate("KernelsPage", "(model)")


def _text(title: str, name: str, value: Callable[[KernelEntry], str], width: int = 84) -> KernelColumn:
    return Column(title=title, name=name, value=value, text=value, is_number=False, width=width)


def _time(title: str, name: str, value: Callable[[KernelEntry], float]) -> KernelColumn:
    return Column(title=title, name=name, value=value, text=lambda e: format_us(value(e)))
