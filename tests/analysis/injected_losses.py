"""Losses as they happen, done to a table that has none: each returns what is left."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import EventTable, Kind

Mask = NDArray[np.bool_]


def without(table: EventTable, rows: Mask) -> EventTable:
    """Take rows out."""
    return table.select(np.flatnonzero(~rows))


def launches_of(table: EventTable) -> NDArray[np.int64]:
    """Return the rows of launches that left one kernel each, in order of time."""
    is_launch = np.array(["LaunchKernel" in name or "LaunchCoop" in name for name in table.names], np.bool_)
    rows = np.flatnonzero((table.kind == Kind.RUNTIME) & is_launch[table.name])
    return rows[np.argsort(table.start_ns[rows], kind="stable")]


def kernels_lost(table: EventTable, launches: Iterable[int]) -> EventTable:
    """Take out the kernels of the given launches."""
    ids = table.correlation[np.array(list(launches), np.int64)]
    return without(table, (table.kind == Kind.KERNEL) & np.isin(table.correlation, ids))


def leading_kernels_lost(table: EventTable, count: int) -> EventTable:
    """The profiler lost the first records after the device was idle."""
    return kernels_lost(table, launches_of(table)[:count])


def trailing_kernels_lost(table: EventTable, count: int) -> EventTable:
    """The profiler stopped while the last kernels ran."""
    return kernels_lost(table, launches_of(table)[-count:])


def scattered_kernels_lost(table: EventTable, count: int, seed: int) -> EventTable:
    """Records were dropped here and there, neither only in front nor only at the end."""
    inner = launches_of(table)[1:-1]
    return kernels_lost(table, np.random.default_rng(seed).choice(inner, count, replace=False))


def device_records_lost(table: EventTable) -> EventTable:
    """Another CUPTI client takes the records of the device."""
    return without(table, table.is_device)


def cupti_missing(table: EventTable) -> EventTable:
    """Neither the device nor its runtime was watched."""
    return without(table, table.is_device | (table.kind == Kind.RUNTIME))


def device_records_emptied(table: EventTable, rows: Mask | None = None) -> EventTable:
    """Records of the device have no time, as on WSL."""
    emptied = table.is_device if rows is None else rows
    return table.with_columns(duration_ns=np.where(emptied, 0, table.duration_ns))


def begun_late(table: EventTable, launches: int) -> EventTable:
    """The profile began behind the first launches, while their kernels were still queued."""
    late = int(table.start_ns[launches_of(table)[launches - 1]])
    on_thread = ~table.is_device
    return without(table, on_thread & (table.start_ns <= late))


def thread_lost(table: EventTable, track: int) -> EventTable:
    """Nothing of one thread was recorded."""
    return without(table, table.track == track)
