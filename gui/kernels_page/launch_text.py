"""How a kernel was launched, what a copy moved and how many waited, in words."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.analysis.results import KernelRow, LaunchSummary, QueueSummary, Size
from engine.analysis.units import (
    UNAVAILABLE,
    format_byte_rate,
    format_bytes,
    format_count,
    format_occupancy,
    format_us,
)

_GAP = "   "
_NO_BREAK = "\u00a0"


def tr(text: str) -> str:
    """Translate a text of this page."""
    return QCoreApplication.translate("KernelsPage", text)


def size_text(size: Size | None) -> str:
    """Return a grid or block: ``128 × 4 × 1``."""
    return UNAVAILABLE if size is None else " × ".join(f"{length:,}" for length in size)


def launch_line(row: KernelRow) -> str:
    """Return all that is known of a row's launches, or of what it moved; empty for operators."""
    if row.kind == "kernel":
        parts = [row.library or "", *(_launch_parts(row.launch) if row.launch else [row.device_reason])]
    elif row.bytes is not None:
        rate = format_byte_rate(row.bytes_per_second)
        parts = [tr("{0} moved at {1}").format(format_bytes(row.bytes), rate)]
    else:
        parts = [row.device_reason]
    return _GAP.join(filter(None, parts))


def launch_tip(row: KernelRow) -> str:
    """Return why numbers of `launch_line` are not there; empty if all are."""
    if row.launch is None:
        return ""
    return "\n".join(filter(None, (row.launch.reason, row.launch.occupancy_reason)))


def _launch_parts(launch: LaunchSummary) -> list[str]:
    parts = [
        tr("grid {0}").format(size_text(launch.grid)),
        tr("block {0}").format(size_text(launch.block)),
        tr("registers {0}").format(format_count(launch.registers_per_thread)),
        tr("shared memory {0}").format(format_bytes(launch.shared_memory_bytes)),
        tr("blocks per SM {0}").format(format_count(launch.blocks_per_sm)),
        tr("occupancy {0}").format(format_occupancy(launch.occupancy_percent)),
    ]
    if launch.configurations > 1:
        count = format_count(launch.configurations)
        parts.append(tr("(most frequent of {0} configurations)").format(count))
    return [_unbroken(part) for part in parts]


def queue_line(queue: QueueSummary, variant: str) -> str:
    """Return how many kernels waited to begin; ``variant`` is empty where there is only one."""
    numbers = tr("mean {0}, max {1}, mean wait {2}").format(
        _mean_text(queue.mean_length), format_count(queue.max_length), format_us(queue.mean_wait_us)
    )
    if variant:
        return tr("Launch queue of {0}: {1}").format(variant, _unbroken(numbers))
    return tr("Launch queue: {0}").format(_unbroken(numbers))


def queue_tip(queue: QueueSummary) -> str:
    """Return what the numbers mean and of how many events they are."""
    meaning = tr(
        "Kernels, copies and fills that were launched and had not begun. Near 0, the device waits for the "
        "CPU; long, the CPU keeps ahead of it. Numbers are of all windows, the chart is of the newest."
    )
    counted = tr("{0} of {1} could be paired with their launch.").format(
        format_count(queue.matched), format_count(queue.device_events)
    )
    return f"{meaning}\n{counted}"


def _mean_text(length: float | None) -> str:
    return "<0.01" if length is not None and 0 < length < 0.005 else format_count(length)


def _unbroken(text: str) -> str:
    """Return a text whose numbers stay beside their units."""
    return text.replace(" ", _NO_BREAK)
