"""How complete one profile is: a live window's, or a whole trace file's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engine.analysis.completeness import Completeness
from engine.analysis.launch_matches import LaunchMatches, match_launches
from engine.analysis.loss import HIDING, Loss, LossKind, joined_losses
from engine.analysis.profile_losses import (
    device_losses,
    dropped_by_profiler,
    record_losses,
    thread_losses,
)
from engine.analysis.unavailable import NO_DEVICE, NO_LAUNCHES
from engine.trace.chrome_trace import ChromeTrace
from engine.trace.event_table import STEP_PREFIX, EventTable, Kind
from engine.trace.window import ProfilerAccount, Window
from engine.wire.kinds import FILE_CLOCK, LIVE_CLOCK

Mask = NDArray[np.bool_]

_IS_ON_THREAD = np.isin(np.arange(256), (Kind.OP, Kind.ANNOTATION, Kind.PYTHON, Kind.RUNTIME))


def window_completeness(window: Window, device: str) -> Completeness:
    """Return how complete a window of a model on ``device`` is."""
    table, account = window.table, window.profiler or ProfilerAccount()
    matches = match_launches(table)
    dropped, outside = _dropped(account, len(table)), _out_of_range(window)
    is_live = window.clock == LIVE_CLOCK
    losses = (
        *device_losses(table, matches, device, account.warnings),
        *thread_losses(table),
        *_step_losses(window),
        # Between the steps of a file anything may have been recorded: that is no disagreement.
        *record_losses(dropped, outside if is_live else None, account.warnings),
    )
    found = _counts(table, matches, losses)
    return replace(
        found,
        events=found.events - account.added,
        records_dropped=dropped,
        records_out_of_range=outside,
        clock=window.clock,
        step_clock=account.step_clock,
    )


def trace_completeness(trace: ChromeTrace, device: str) -> Completeness:
    """Return how complete a trace file is; ``device``: the one it should be of, ``cpu`` for none."""
    found = table_completeness(trace.table, device)
    losses = joined_losses(
        found.losses, damage_losses(trace.damage), record_losses(trace.records_dropped, None, ())
    )
    return replace(found, records_dropped=trace.records_dropped, losses=losses)


def table_completeness(table: EventTable, device: str = "cpu") -> Completeness:
    """Return how complete all events of a file are, in themselves."""
    matches = match_launches(table)
    losses = (*device_losses(table, matches, device, ()), *thread_losses(table))
    return replace(_counts(table, matches, losses), clock=FILE_CLOCK)


def damage_losses(damage: Iterable[str]) -> tuple[Loss, ...]:
    """Return a damaged file as a loss, with all that its reader found."""
    found = " ".join(damage)
    return (Loss(kind=LossKind.FILE_DAMAGED, detail=found),) if found else ()


def _counts(table: EventTable, matches: LaunchMatches, losses: Iterable[Loss]) -> Completeness:
    launches = len(matches.is_matched)
    losses = joined_losses(losses)
    hidden = next((loss for loss in losses if loss.kind in HIDING), None)
    is_device = hidden is None and matches.device_events > 0
    can_match = is_device and launches > 0
    # No kernel where launches are is no count of kernels but a loss of them.
    knows_kernels = is_device and (matches.kernels > 0 or not matches.missing)
    return Completeness(
        events=len(table),
        launches=launches or None,
        launches_matched=launches - matches.missing if can_match else None,
        kernels=matches.kernels if knows_kernels else None,
        kernels_matched=_matched(matches) if can_match and knows_kernels else None,
        threads=_tracks(table, _IS_ON_THREAD[table.kind]),
        streams=_tracks(table, table.is_device),
        losses=losses,
        reason=_reason(hidden, is_device, can_match),
    )


def _matched(matches: LaunchMatches) -> int:
    return matches.kernels - matches.early_kernels - matches.stray_kernels


def _reason(hidden: Loss | None, is_device: bool, can_match: bool) -> str:
    if hidden is not None:
        return f"{hidden.what} {hidden.why}"
    if not is_device:
        return NO_DEVICE
    return "" if can_match else NO_LAUNCHES


def _tracks(table: EventTable, rows: Mask) -> int:
    return int(np.count_nonzero(np.bincount(table.track[rows], minlength=1)))


def _dropped(account: ProfilerAccount, events: int) -> int | None:
    """Return how many records got lost; None if the worker did not say how many there were."""
    if account.records is None:
        return None
    return account.records - account.left_out - events + dropped_by_profiler(account.warnings)


def _out_of_range(window: Window) -> int | None:
    """Count the events outside of a live window, or before and behind a file's step; kernels may end late."""
    table = window.table
    early, late = table.start_ns < window.start_ns, table.end_ns > window.end_ns
    if window.clock == LIVE_CLOCK:
        outside = (early | late) & (table.kind != Kind.OVERHEAD)
    elif window.is_of_file:
        outside = early | ((table.start_ns > window.end_ns) & ~table.is_device)
    else:
        return None
    return int(np.count_nonzero(outside))


def _step_losses(window: Window) -> Iterator[Loss]:
    table = window.table
    by_name = np.array([name.startswith(STEP_PREFIX) for name in table.names], np.bool_)
    ranges = np.flatnonzero(table.kind == Kind.ANNOTATION)
    steps = ranges[by_name[table.name[ranges]]]
    whole = len(np.unique(table.name[steps[table.duration_ns[steps] > 0]]))
    # A file that names no steps was not asked for any.
    wanted = window.step_count if window.clock == LIVE_CLOCK or len(steps) else 0
    if whole < wanted:
        yield Loss(kind=LossKind.STEPS_MISSING, count=wanted - whole)
