"""The columns of the kernels table that say how a kernel was launched: hidden until asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.analysis.results import LaunchSummary
from engine.analysis.units import format_byte_rate, format_bytes, format_count, format_occupancy
from gui.kernels_page.kernel_entry import KernelEntry
from gui.kernels_page.launch_text import size_text, tr
from gui.tables.column import Column


def launch_columns() -> tuple[Column[KernelEntry], ...]:
    """Return the columns of launches, and of what copies and fills moved."""
    return (
        _launch(tr("Grid"), "grid_blocks", lambda x: x.grid, size_text, tr("Blocks, x × y × z")),
        _launch(tr("Block"), "block_threads", lambda x: x.block, size_text, tr("Threads, x × y × z")),
        _launch(tr("Registers"), "registers_per_thread", lambda x: x.registers_per_thread, format_count),
        _launch(tr("Shared memory"), "shared_memory_bytes", lambda x: x.shared_memory_bytes, format_bytes),
        _launch(
            tr("Occupancy"),
            "occupancy_percent",
            lambda x: x.occupancy_percent,
            format_occupancy,
            tr("As torch estimates it; mean over the launches, weighted by their time"),
        ),
        _column(tr("Bytes"), "bytes", lambda e: e.row.bytes, format_bytes, tr("Moved in all profiled steps")),
        _column(tr("Bandwidth"), "bytes_per_second", lambda e: e.row.bytes_per_second, format_byte_rate),
    )


def _launch(
    title: str,
    name: str,
    value: Callable[[LaunchSummary], Any],
    text: Callable[[Any], str],
    tip: str = "",
) -> Column[KernelEntry]:
    return _column(title, name, lambda e: value(e.row.launch) if e.row.launch else None, text, tip)


def _column(
    title: str,
    name: str,
    value: Callable[[KernelEntry], Any],
    text: Callable[[Any], str],
    tip: str = "",
) -> Column[KernelEntry]:
    return Column(
        title=title,
        name=name,
        value=value,
        text=lambda entry: text(value(entry)),
        is_shown=False,
        width=104,
        tip=tip,
    )
