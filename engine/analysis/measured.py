"""What a window measures, event by event: device time if a device ran, else operators' self time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from engine.analysis.self_time import self_time_ns
from engine.trace.event_table import ABSENT, EventTable, Kind

Rows = NDArray[np.int64]
Basis = Literal["device", "cpu"]


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The rows that count, and what each of them cost; their sum is the window's total.

    ``rows``: indices into the table, shape (M,). ``cost_ns``: shape (M,).
    """

    basis: Basis
    rows: Rows
    cost_ns: NDArray[np.int64]


def measured(table: EventTable) -> Measured:
    """Return the durations of kernels, copies and fills, or else the self times of operators.

    On a CPU the total is the sum of operators' self time. Python between the operators, and the
    ranges' own time, are nobody's: they are in the step time but not in here.
    Needs ``parent`` (`engine.analysis.attribution`).
    """
    device = device_rows(table)
    if len(device):
        return Measured("device", device, table.duration_ns[device])
    return operators(table)


def device_rows(table: EventTable) -> Rows:
    """Return the kernels, copies and fills that have a time.

    WSL and a profiler that runs full leave records with none: they would pass for work that is free.
    """
    return np.flatnonzero(table.is_device & (table.duration_ns > 0))


def operators(table: EventTable) -> Measured:
    """Return the operators with their self time, whether a device ran or not.

    An operator whose only child is an operator of its own name is one call, as torch counts them.

    ``aten::sum(x)`` calls ``aten::sum(x, dim)``: two events, but nobody called sum twice.
    """
    cost = self_time_ns(table)
    is_op = table.kind == Kind.OP
    parent = table.parent
    inside = np.flatnonzero(is_op & (parent != ABSENT))
    outer = parent[inside]
    child_count = np.bincount(parent[parent != ABSENT], minlength=len(table))
    repeats = (table.name[inside] == table.name[outer]) & is_op[outer] & (child_count[outer] == 1)
    repeated = inside[repeats]
    is_repeat = np.zeros(len(table), np.bool_)
    is_repeat[repeated] = True
    target = parent[repeated].astype(np.int64)
    while is_repeat[target].any():
        target = np.where(is_repeat[target], parent[target], target)
    np.add.at(cost, target, cost[repeated])
    rows = np.flatnonzero(is_op & ~is_repeat)
    return Measured("cpu", rows, cost[rows])
