"""A trace file in small: what ran, for how long, and how complete the file is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.analysis.attribution import attribute_fully
from engine.analysis.completeness import Completeness
from engine.analysis.kernel_totals import KernelTotals
from engine.analysis.measured import Measured, device_rows, operators
from engine.analysis.owner_costs import UNATTRIBUTED
from engine.analysis.profile_completeness import table_completeness
from engine.analysis.results import KernelRow, StepBreakdown
from engine.analysis.step_breakdown import break_down
from engine.analysis.step_walls import step_walls
from engine.analysis.window_costs import WindowCosts, window_costs
from engine.trace.event_table import ABSENT, EventTable


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceSummary:
    """``kernels`` are what ran on devices, ``operators`` have self time on the CPU; both costliest first.

    ``span_us`` is the time from the first device event to the end of the last, over all devices;
    of it ``busy_us`` has something running on some device and ``idle_us`` has not: the two sum to
    the span. All three are None if nothing ran on a device.
    """

    kernels: tuple[KernelRow, ...]
    operators: tuple[KernelRow, ...]
    steps: int
    span_us: float | None
    busy_us: float | None
    idle_us: float | None
    attributed_share: float | None
    completeness: Completeness
    # Of the mean step, or of the whole trace if it names none; None of a trace without events.
    breakdown: StepBreakdown | None


def summarize_trace(table: EventTable, complete: Completeness | None = None) -> TraceSummary:
    """Sum up all events of a trace. ``per_step_us`` of the rows divides by the steps it names, or by 1.

    ``complete``: what is known of the file beside its events.
    """
    attributed = attribute_fully(table)
    filled = attributed.table
    costs = window_costs(attributed, len(filled.layers))
    on_device = costs.measured.basis == "device"
    steps = len(np.unique(filled.step[filled.step >= 0]))
    span_ns, idle_ns = _span_and_idle_ns(filled)
    return TraceSummary(
        kernels=_rows(filled, costs.measured, steps) if on_device else (),
        # Where no device ran, they are what was measured.
        operators=_rows(filled, operators(filled) if on_device else costs.measured, steps),
        steps=steps,
        span_us=_us(span_ns),
        busy_us=_us(None if span_ns is None or idle_ns is None else span_ns - idle_ns),
        idle_us=_us(idle_ns),
        attributed_share=_attributed_share(costs, len(filled.layers)),
        completeness=complete or table_completeness(table),
        breakdown=_breakdown(filled),
    )


def _breakdown(table: EventTable) -> StepBreakdown | None:
    walls = step_walls(table)
    return break_down(table, walls, len(walls.start_ns)).mean() if walls else None


def _rows(table: EventTable, found: Measured, steps: int) -> tuple[KernelRow, ...]:
    totals = KernelTotals()
    layer = table.layer[found.rows].astype(np.int64)
    totals.add(table, found, np.where(layer == ABSENT, len(table.layers) + UNATTRIBUTED, layer))
    return totals.rows(table.layers, steps)


def _attributed_share(costs: WindowCosts, layer_count: int) -> float | None:
    total_ns = costs.sums.total_ns
    if not total_ns or not layer_count:
        return None
    return (total_ns - costs.sums.unattributed_ns) / total_ns


def _span_and_idle_ns(table: EventTable) -> tuple[int | None, int | None]:
    """Return the device events' span and what of it nothing ran in; kernels on streams may overlap."""
    device = device_rows(table)
    if not len(device):
        return None, None
    start, end = table.start_ns[device], table.end_ns[device]
    order = np.argsort(start, kind="stable")
    start, end = start[order], np.maximum.accumulate(end[order])
    gaps = np.maximum(start[1:] - end[:-1], 0)
    return int(end[-1] - start[0]), int(gaps.sum())


def _us(ns: int | None) -> float | None:
    return None if ns is None else ns / 1e3
