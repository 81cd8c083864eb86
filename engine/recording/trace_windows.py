"""The windows of an opened trace: which steps it holds, and which events belong to each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.recording.chrome_flows import launch_flows
from engine.trace.event_table import ABSENT, STEP_PREFIX, EventTable, Kind
from engine.trace.step_table import StepFlag, StepTable, step_table
from engine.trace.window import WindowHead
from engine.wire.kinds import FILE_CLOCK


def profiled_steps(table: EventTable, variant: int) -> StepTable:
    """Return the steps whose ranges are in the table. All are profiled: none counts as timed."""
    numbers = np.full(len(table.names), ABSENT, np.int64)
    for index, name in enumerate(table.names):
        digits = name.removeprefix(STEP_PREFIX)
        if name.startswith(STEP_PREFIX) and digits.isascii() and digits.isdigit():
            numbers[index] = int(digits)
    rows = np.flatnonzero(table.kind == Kind.ANNOTATION)
    rows = rows[numbers[table.name[rows]] != ABSENT]
    rows = rows[np.argsort(table.start_ns[rows], kind="stable")]
    return step_table(
        variant=np.full(len(rows), variant),
        step=numbers[table.name[rows]],
        start_ns=table.start_ns[rows],
        duration_ns=table.duration_ns[rows],
        flags=np.full(len(rows), StepFlag.PROFILED),
    )


def heads_by_step(table: EventTable) -> tuple[WindowHead, ...]:
    """Return a window for each profiled step, or one for the whole table if it names no steps."""
    steps = profiled_steps(table, 0)
    if not len(steps):
        start = int(table.start_ns.min()) if len(table) else 0
        return (_head(0, 0, start, int(table.end_ns.max()) if len(table) else 0),)
    columns = (steps.step.tolist(), steps.start_ns.tolist(), steps.duration_ns.tolist())
    return tuple(
        _head(index, step, start, start + duration)
        for index, (step, start, duration) in enumerate(zip(*columns, strict=True))
    )


def windows_of_events(table: EventTable, heads: Sequence[WindowHead]) -> NDArray[np.int64]:
    """Return for each event the position of its window, shape (N,); ``heads`` are in order of time.

    An event belongs to the last window that began before it (to the first, if none did), and what
    ran on a device to the window of its launch: kernels of one step often run during the next.
    A stream works in order, so what was launched unseen belongs to no later window than what follows
    it there: else kernels queued before the profiler began would go to steps that ran while they did.
    """
    starts = np.array([head.start_ns for head in heads], np.int64)
    window = np.maximum(np.searchsorted(starts, table.start_ns, side="right") - 1, 0)
    calls, events = launch_flows(table)
    window[events] = window[calls]
    _keep_order(table, window, events)
    return window


def _keep_order(table: EventTable, window: NDArray[np.int64], launched: NDArray[np.intp]) -> None:
    """Move device events without a launch to the window of the next one on their stream that has one."""
    is_launched = np.zeros(len(table), np.bool_)
    is_launched[launched] = True
    device = np.flatnonzero(table.is_device)
    if is_launched[device].all():
        return
    order = device[np.lexsort((table.start_ns[device], table.track[device]))]
    place = np.where(is_launched[order], np.arange(len(order)), len(order))
    following = np.minimum.accumulate(place[::-1])[::-1]
    asking = (following < len(order)) & ~is_launched[order]
    rows, after = order[asking], order[following[asking]]
    same = table.track[rows] == table.track[after]
    window[rows[same]] = np.minimum(window[rows[same]], window[after[same]])


def _head(index: int, step: int, start_ns: int, end_ns: int) -> WindowHead:
    return WindowHead(
        index=index,
        variant=0,
        first_step=step,
        step_count=1,
        start_ns=start_ns,
        end_ns=end_ns,
        overhead_ns=0,
        clock=FILE_CLOCK,
    )
