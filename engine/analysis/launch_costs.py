"""What launching cost, by owner: calls, their time, and how long streams stood idle before the work came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.attribution import Attribution
from engine.analysis.launches import kernel_launches
from engine.analysis.measured import Measured
from engine.analysis.owner_costs import OTHER_OWNERS, Counts, owners_of, sums_ns
from engine.trace.event_table import ABSENT, EventTable, Kind


@dataclass(frozen=True, slots=True, eq=False)
class LaunchCosts:
    """Sums by owner as in `engine.analysis.owner_costs`, shape (L + 3,) for L layers.

    ``launches`` start kernels or graphs of them; ``launch_ns`` is the host's time in these calls.
    ``gap_ns`` is how long streams had nothing to do directly before the owner's kernels, copies and
    fills; ``gap_count`` of these have an event before them on their stream in the same step.
    """

    launches: Counts
    launch_ns: Counts
    gap_count: Counts
    gap_ns: Counts

    @classmethod
    def nothing(cls, layer_count: int) -> LaunchCosts:
        """Return zeros for a model of ``layer_count`` layers."""
        return cls(*np.zeros((4, layer_count + OTHER_OWNERS), np.int64))

    def __add__(self, other: LaunchCosts) -> LaunchCosts:
        return LaunchCosts(
            self.launches + other.launches,
            self.launch_ns + other.launch_ns,
            self.gap_count + other.gap_count,
            self.gap_ns + other.gap_ns,
        )


def launch_costs(attributed: Attribution, found: Measured, owner: Counts, layer_count: int) -> LaunchCosts:
    """Sum a window's launches and gaps by owner; ``owner`` is that of each device event ``found``."""
    table, owners = attributed.table, layer_count + OTHER_OWNERS
    calls = _outermost(table, kernel_launches(table))
    caller = owners_of(attributed, calls, layer_count)
    gap_ns, has_gap = _gaps(table, found.rows)
    return LaunchCosts(
        np.bincount(caller, minlength=owners),
        sums_ns(caller, table.duration_ns[calls], owners),
        np.bincount(owner[has_gap], minlength=owners),
        sums_ns(owner, gap_ns, owners),
    )


def _outermost(table: EventTable, calls: Counts) -> Counts:
    """Leave out the driver's call inside the runtime's: both are recorded for one launch."""
    caller = table.parent[calls]
    is_inside = (caller != ABSENT) & (table.kind[caller] == Kind.RUNTIME)
    outermost: Counts = calls[~is_inside]
    return outermost


def _gaps(table: EventTable, rows: Counts) -> tuple[Counts, NDArray[np.bool_]]:
    """Return the gap before each device event on its stream, and where one can be told (else it is 0).

    Shape (M,) both. Events on one stream may overlap by microseconds: then there is no gap. From one
    step to the next no gap is told: what the host does between two steps is no layer's.
    """
    start, track, step = table.start_ns[rows], table.track[rows], table.step[rows]
    order = np.lexsort((start, track))
    # One axis on which every stream has a stretch of its own.
    start = start - start.min()
    end = start + table.duration_ns[rows]
    offset = track.astype(np.int64) * (int(end.max()) + 1)
    latest_end = np.maximum.accumulate((end + offset)[order])
    gap_ns, has_gap = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.bool_)
    after, before = order[1:], order[:-1]
    is_same_step = (step[after] == step[before]) | (step[after] == ABSENT) | (step[before] == ABSENT)
    has_gap[after] = (track[after] == track[before]) & is_same_step
    gap_ns[after] = np.maximum((start + offset)[after] - latest_end[:-1], 0)
    return np.where(has_gap, gap_ns, 0), has_gap
