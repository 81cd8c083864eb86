"""One window's costs: which events count, whose they are, and the sums."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.analysis.attribution import Attribution
from engine.analysis.compiled_regions import region_calls
from engine.analysis.launch_costs import LaunchCosts, launch_costs
from engine.analysis.measured import Measured, measured
from engine.analysis.owner_costs import OTHER_OWNERS, Counts, OwnerCosts, owners_of, sums_ns
from engine.analysis.ranges import layer_ranges
from engine.trace.event_table import ABSENT, EventTable, PhaseId


@dataclass(frozen=True, slots=True, eq=False)
class WindowCosts:
    """What a window measured, the owner of each measured event, shape (M,), and the sums by owner.

    ``launching`` is None where no device ran. ``stepless_ns`` of the sums belongs to no step, in a table
    that names some: what was queued before the first, or whose launch is not known.
    """

    measured: Measured
    owner: Counts
    sums: OwnerCosts
    launching: LaunchCosts | None
    stepless_ns: int


def window_costs(attributed: Attribution, layer_count: int) -> WindowCosts:
    """Sum what a window measured by owner, for a model of ``layer_count`` layers."""
    table = attributed.table
    found = measured(table)
    owner = owners_of(attributed, found.rows, layer_count)
    owners = layer_count + OTHER_OWNERS
    is_backward = table.phase[found.rows] == PhaseId.BACKWARD
    by_direction = sums_ns(owner + owners * is_backward, found.cost_ns, 2 * owners)
    forward_ns, backward_ns = by_direction.reshape(2, owners)
    kernel_count = np.bincount(owner, minlength=owners)
    calls, compiled = _calls(table, layer_count), region_calls(table, layer_count)
    launching = launch_costs(attributed, found, owner, layer_count) if found.basis == "device" else None
    sums_by_owner = OwnerCosts(forward_ns, backward_ns, kernel_count, calls, compiled)
    return WindowCosts(found, owner, sums_by_owner, launching, _stepless_ns(table, found))


def _stepless_ns(table: EventTable, found: Measured) -> int:
    is_named = table.step != ABSENT
    return int(found.cost_ns[~is_named[found.rows]].sum()) if is_named.any() else 0


def _calls(table: EventTable, layer_count: int) -> Counts:
    """Count each layer's forward calls; a range in the backward pass is no call."""
    _, own_layer = layer_ranges(table)
    called = own_layer[table.phase != PhaseId.BACKWARD]
    return np.bincount(called[(called >= 0) & (called < layer_count)], minlength=layer_count)
