"""The arguments of a trace's rows that say how a kernel was launched or how much a copy moved."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from engine.trace.event_table import EventTable
from engine.trace.launch_details import LaunchDetails

_SIZES = {"registers per thread": "registers_per_thread", "shared memory": "shared_memory_bytes"}
_RATIOS = {"blocks per SM": "blocks_per_sm", "warps per SM": "warps_per_sm"}


def launch_arguments(table: EventTable) -> dict[int, str]:
    """Return JSON members by row, under torch's names and in its order, for all rows that have any."""
    details = table.details
    columns = [
        *(_members(key, getattr(details, name).tolist(), _whole) for key, name in _SIZES.items()),
        *(_members(key, getattr(details, name).tolist(), _real) for key, name in _RATIOS.items()),
        *(_shapes(details, key) for key in ("grid", "block")),
        _members("est. achieved occupancy %", details.occupancy_percent.tolist(), _real),
        _members("bytes", details.bytes.tolist(), _whole),
        _members("memory bandwidth (GB/s)", _bandwidths(table), _real),
    ]
    texts = (",".join(filter(None, parts)) for parts in zip(*columns, strict=True))
    return {row: text for row, text in zip(details.row.tolist(), texts, strict=True) if text}


def _members(key: str, values: Sequence[float], text: Callable[[float], str]) -> list[str]:
    """Return ``"key":value`` for each value, empty for those that are not told."""
    return [f'"{key}":{told}' if (told := text(value)) else "" for value in values]


def _shapes(details: LaunchDetails, key: str) -> list[str]:
    sizes = (getattr(details, f"{key}_{axis}").tolist() for axis in "xyz")
    return [f'"{key}":[{x},{y},{z}]' if x >= 0 else "" for x, y, z in zip(*sizes, strict=True)]


def _bandwidths(table: EventTable) -> list[float]:
    """Return bytes over the row's time, in bytes a nanosecond; NaN where there are no bytes or no time."""
    counts = table.details.bytes.tolist()
    durations = table.duration_ns[table.details.row].tolist()
    return [
        count / ns if count >= 0 and ns > 0 else math.nan for count, ns in zip(counts, durations, strict=True)
    ]


def _whole(value: float) -> str:
    return str(value) if value >= 0 else ""


def _real(value: float) -> str:
    if math.isnan(value):
        return ""
    # The shortest text that reads back as the same number; whole ones as torch writes them.
    return str(int(value)) if value.is_integer() else repr(value)
