"""The columns of the layers tree."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from PySide6.QtCore import QCoreApplication

from engine.analysis.units import format_count, format_share, format_us
from gui.layers_page.layer_entry import LayerEntry
from gui.layers_page.work_columns import work_columns
from gui.tables.column import Column

LayerColumn = Column[LayerEntry]


def layer_columns() -> tuple[LayerColumn, ...]:
    """Return all columns in their first order."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("LayersPage", text)

    inside = tr("Per step, the layers inside included")
    return (
        Column(
            title=tr("Layer"),
            name="layer",
            value=lambda e: e.path or e.name,
            text=lambda e: e.name,
            is_number=False,
            width=214,
            tip=tr("Qualified name"),
        ),
        Column(
            title=tr("Type"),
            name="type",
            value=lambda e: e.type,
            text=lambda e: e.type,
            is_number=False,
            width=96,
        ),
        # Where to look first, so it shows without scrolling beside the docks of a small window.
        Column(
            title=tr("Share"),
            name="share",
            value=lambda e: e.share,
            text=lambda e: format_share(e.share),
            # The sum's bar would say nothing but "all".
            share=lambda e: None if e.kind == "sum" else e.share,
            width=80,
            tip=tr("Own time's share of the whole step"),
        ),
        _time(tr("Forward"), "forward_us", lambda e: e.forward_us, inside),
        _time(tr("Backward"), "backward_us", lambda e: e.backward_us, inside),
        _time(tr("Total"), "total_us", lambda e: e.total_us, inside),
        _time(tr("Own"), "own_us", lambda e: e.own_us, tr("Per step, without the layers inside")),
        _count(
            tr("Kernels"),
            "kernels",
            lambda e: e.kernel_count,
            tr("Per step, launched by the layer itself; operators on a CPU"),
        ),
        *work_columns(),
        *_launch_columns(),
        *_counted_columns(),
    )


# Shown where a device ran: a CPU launches nothing.
LAUNCH_COLUMNS = frozenset({"launches", "launch_overhead_us", "mean_gap_us"})


def _counted_columns() -> Iterator[LayerColumn]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("LayersPage", text)

    inside = tr("The layers inside included")
    for column in (
        _count(tr("Calls"), "calls", lambda e: e.calls, tr("Per step")),
        _count(tr("Parameters"), "parameters", lambda e: e.parameter_count, inside, width=94),
    ):
        yield replace(column, is_shown=False)


def _launch_columns() -> Iterator[LayerColumn]:
    def tr(text: str) -> str:
        return QCoreApplication.translate("LayersPage", text)

    calls = tr("Runtime calls that start kernels: the layer's own, per step")
    launching = tr("The host's time in these calls, per step")
    gap = tr("How long its stream stood idle before a kernel, copy or fill of the layer, on average")
    for column in (
        _count(tr("Launches"), "launches", lambda e: e.launches, calls),
        _time(tr("Launching"), "launch_overhead_us", lambda e: e.launch_overhead_us, launching),
        _time(tr("Mean gap"), "mean_gap_us", lambda e: e.mean_gap_us, gap),
    ):
        yield replace(column, is_shown=False)


def _time(title: str, name: str, value: Callable[[LayerEntry], float | None], tip: str) -> LayerColumn:
    return Column(title=title, name=name, value=value, text=lambda e: format_us(value(e)), width=76, tip=tip)


def _count(
    title: str, name: str, value: Callable[[LayerEntry], float | None], tip: str, width: int = 70
) -> LayerColumn:
    return Column(
        title=title, name=name, value=value, text=lambda e: format_count(value(e)), width=width, tip=tip
    )
