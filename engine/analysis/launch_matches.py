"""Launches against kernels: which of them found each other in a profile."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.launches import kernel_launches, rows_with
from engine.analysis.measured import device_rows
from engine.trace.event_table import ABSENT, EventTable, Kind

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class LaunchMatches:
    """``is_matched``: of each launch, in order of time, whether it left a record of the device.

    ``device_events``: kernels, copies and fills that have a time; ``kernels`` of them are kernels, of
    which ``early_kernels`` were launched before the first call that was recorded, and
    ``stray_kernels`` later, by a call that is not in the profile.
    """

    is_matched: Mask
    device_events: int
    kernels: int
    early_kernels: int
    stray_kernels: int

    @property
    def leading(self) -> int:
        """How many launches before the first matched one left nothing; 0 if none is matched."""
        return int(np.argmax(self.is_matched)) if self.is_matched.any() else 0

    @property
    def trailing(self) -> int:
        """How many launches after the last matched one left nothing; 0 if none is matched."""
        return int(np.argmax(self.is_matched[::-1])) if self.is_matched.any() else 0

    @property
    def missing(self) -> int:
        """How many launches left nothing."""
        return int(np.count_nonzero(~self.is_matched))


def match_launches(table: EventTable) -> LaunchMatches:
    """Match every launch to what it left on the device, and every kernel to its launch."""
    calls, device = kernel_launches(table), device_rows(table)
    if not len(calls) and not len(device):
        return LaunchMatches(np.zeros(0, np.bool_), 0, 0, 0, 0)
    launch_of_call, count = _launches(table, calls)
    call = rows_with(table, calls, table.correlation[device], device)
    has_call = call != ABSENT
    is_matched = np.zeros(count, np.bool_)
    is_matched[launch_of_call[np.searchsorted(calls, call[has_call])]] = True
    is_kernel = table.kind[device] == Kind.KERNEL
    alone = device[is_kernel & ~has_call]
    early = int(np.count_nonzero(_is_early(table, alone)))
    kernels = int(np.count_nonzero(is_kernel))
    return LaunchMatches(is_matched, len(device), kernels, early, len(alone) - early)


def _launches(table: EventTable, calls: Rows) -> tuple[Rows, int]:
    """Return each call's launch, numbered by time, and how many there are.

    One launch may be recorded twice, by the runtime and by the driver inside it. A file of several
    sessions has one id for several launches.
    """
    order = np.lexsort((table.start_ns[calls], table.correlation[calls]))
    ids, start, end = (column[calls][order] for column in (table.correlation, table.start_ns, table.end_ns))
    is_first = np.ones(len(calls), np.bool_)
    is_first[1:] = (ids[1:] != ids[:-1]) | (start[1:] > end[:-1])
    by_time = np.empty(int(is_first.sum()), np.int64)
    by_time[np.argsort(start[is_first], kind="stable")] = np.arange(len(by_time))
    launch = np.empty(len(calls), np.int64)
    launch[order] = by_time[np.cumsum(is_first) - 1]
    return launch, len(by_time)


def _is_early(table: EventTable, kernels: Rows) -> Mask:
    """True for kernels whose id is lower than that of any call: ids count up as calls are made."""
    ids = table.correlation[(table.kind == Kind.RUNTIME) & (table.correlation > 0)]
    if not len(ids):
        return np.zeros(len(kernels), np.bool_)
    is_early: Mask = table.correlation[kernels] < ids.min()
    return is_early
