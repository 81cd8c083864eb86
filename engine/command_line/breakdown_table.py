"""Step breakdowns as a table: a row per part, a column per variant."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from engine.analysis.results import CPU_PARTS, DEVICE_PARTS, PartName, StepBreakdown
from engine.analysis.units import UNAVAILABLE, format_share, format_us
from engine.command_line.table_view import print_table

_TITLES: dict[PartName, str] = {
    "kernel": "kernels",
    "memcpy": "copies",
    "memset": "fills",
    "between_kernels": "idle, work queued",
    "unknown": "idle, cause unknown",
    "overhead": "profiler and driver",
    "host_wait": "waiting calls",
    "runtime": "runtime calls",
    "operators": "operators",
    "other": "Python and other",
}


def print_breakdowns(
    breakdowns: Sequence[tuple[str, StepBreakdown]], file: TextIO, has_steps: bool = True
) -> None:
    """Print the parts that anything took, and the wall time that they sum to.

    Of a trace that marks no step (``has_steps``) the parts are those of the whole profile.
    """
    if not breakdowns:
        return
    found = [breakdown for _, breakdown in breakdowns]
    on_device = any(breakdown.basis == "device" for breakdown in found)
    rows = [
        (_title(name, on_device), *(_cell(each, each.part_us(name)) for each in found))
        for name in DEVICE_PARTS
        if any(each.part_us(name) for each in found)
    ]
    rows.append(("sum = wall time", *(_cell(each, each.wall_us) for each in found)))
    columns = ("part", *(f"{name}>" for name, _ in breakdowns))
    print_table(_caption(found, has_steps), columns, rows, file)


def _title(name: PartName, on_device: bool) -> str:
    return f"idle, host in {_TITLES[name]}" if on_device and name in CPU_PARTS else _TITLES[name]


def _cell(breakdown: StepBreakdown, us: float | None) -> str:
    if us is None:
        return UNAVAILABLE
    share = format_share(us / breakdown.wall_us if breakdown.wall_us else None)
    return f"{format_us(us)} {share:>7}"


def _caption(found: Sequence[StepBreakdown], has_steps: bool) -> str:
    what = "The mean profiled step" if has_steps else "The whole profile, which marks no step,"
    of_many = next((each for each in found if each.devices > 1), None)
    busiest = f", on device {of_many.device}, the busiest of {of_many.devices}" if of_many else ""
    return f"{what} by part{busiest} (the profiler slows it)"
