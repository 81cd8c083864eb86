"""Parts of a step's wall time as the window names, colours and explains them."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from engine.analysis.results import CPU_PARTS, PartName, StepBreakdown
from engine.analysis.units import format_share, format_us
from gui.theme.layer_colours import mixed, unattributed_colour
from gui.theme.theme import current_theme


def _tr(text: str) -> str:
    return QCoreApplication.translate("Breakdown", text)


def part_colour(name: PartName) -> QColor:
    """Return a part's colour: blues where the device works, greys where it is idle for reasons of its own."""
    theme = current_theme()
    device, base = QColor(theme.series[0]), QColor(theme.chart_background)
    match name:
        case "kernel":
            return device
        case "memcpy":
            return mixed(device, base, 0.4)
        case "memset":
            return mixed(device, base, 0.7)
        case "between_kernels":
            return unattributed_colour()
        case "operators":
            return QColor(theme.series[1])
        case "runtime":
            return QColor(theme.series[3])
        case "host_wait":
            return QColor(theme.series[7])
        case "overhead":
            return QColor(theme.series[6])
        case "other":
            return QColor(theme.series[2])
        case "unknown":
            return mixed(unattributed_colour(), base, 0.6)


def part_title(name: PartName, breakdown: StepBreakdown) -> str:
    """Return a part's name in a legend; what the host did while a device waited for it says so."""
    title = _title(name)
    if _is_waiting(name, breakdown):
        return _tr("Host: {0}").format(title)
    return title[0].upper() + title[1:]


def part_text(name: PartName, breakdown: StepBreakdown) -> str:
    """Return a part's time and share, such as ``307 µs, 6.94 %``."""
    return _amount(breakdown.part_us(name), breakdown)


def part_tip(name: PartName, breakdown: StepBreakdown) -> str:
    """Return what a part means and what to do about it."""
    head = f"{part_title(name, breakdown)}: {part_text(name, breakdown)}"
    paragraphs = [head, _meaning(name) if breakdown.basis == "device" else _meaning_on_cpu(name)]
    if _is_waiting(name, breakdown):
        waiting = _amount(breakdown.waiting_for_host_us, breakdown)
        paragraphs.append(
            _tr(
                "The device waits for the host in all: {0}. If that is much, the step is bound by launches: "
                "fuse operators, use torch.compile or CUDA graphs, or a larger batch."
            ).format(waiting)
        )
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


def _is_waiting(name: PartName, breakdown: StepBreakdown) -> bool:
    return breakdown.basis == "device" and name in CPU_PARTS


def _amount(us: float | None, breakdown: StepBreakdown) -> str:
    share = us / breakdown.wall_us if us is not None and breakdown.wall_us else None
    return f"{format_us(us)}, {format_share(share)}"


def _title(name: PartName) -> str:
    match name:
        case "kernel":
            return _tr("Kernels")
        case "memcpy":
            return _tr("Copies")
        case "memset":
            return _tr("Fills")
        case "between_kernels":
            return _tr("Between kernels")
        case "operators":
            return _tr("operators")
        case "runtime":
            return _tr("runtime calls")
        case "host_wait":
            return _tr("waiting")
        case "overhead":
            return _tr("profiler")
        case "other":
            return _tr("Python and other")
        case "unknown":
            return _tr("Idle, cause unknown")


def _meaning(name: PartName) -> str:
    match name:
        case "kernel":
            return _tr("At least one kernel runs, on whatever stream. The Kernels page says which ones.")
        case "memcpy":
            return _tr(
                "A copy runs and no kernel does. Copies from pinned memory can run beside kernels: "
                "pin_memory=True, non_blocking=True."
            )
        case "memset":
            return _tr("Memory is filled and nothing else runs.")
        case "between_kernels":
            return _tr(
                "The device is idle although work was queued: its own time to start a kernel, or a stream "
                "that waits for another. Fewer, larger kernels help, and so do CUDA graphs."
            )
        case "unknown":
            return _tr("The device is idle, and the profile lacks the launch of what ran next.")
        case "operators":
            return _tr("Nothing is queued: the host is in an operator that has yet to launch its kernel.")
        case "runtime":
            return _tr("Nothing is queued: the host is in a runtime call, most of all the launch itself.")
        case "host_wait":
            return _tr(
                "Nothing is queued: the host waits for a device that is done, in a synchronization or a copy "
                "that blocks, as .item() does. Without it the next launches could have come earlier."
            )
        case "overhead":
            return _tr("Nothing is queued: the profiler or the driver does work of its own.")
        case "other":
            return _tr(
                "Nothing is queued: the host is in Python, loads data, or does what nobody recorded. "
                "The profiler makes this longer than it is without."
            )


def _meaning_on_cpu(name: PartName) -> str:
    match name:
        case "operators":
            return _tr("At least one operator runs, on whatever thread.")
        case "other":
            return _tr(
                "No operator runs: Python between operators, the hooks that name the layers, the profiler. "
                "Larger inputs or torch.compile make it matter less."
            )
        case "overhead":
            return _tr("The profiler does work of its own.")
        case "host_wait":
            return _tr("The host waits for a device of which the profile shows nothing.")
        case _:
            return _tr("The host calls the runtime of a device of which the profile shows nothing.")
