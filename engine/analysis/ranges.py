"""The ranges that a worker opens around layers, phases and steps, found by their names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import (
    ABSENT,
    LAYER_PREFIX,
    PHASE_PREFIX,
    STEP_PREFIX,
    EventTable,
    Kind,
    PhaseId,
)

Rows = NDArray[np.int64]

_PHASES = {
    "forward": PhaseId.FORWARD,
    "loss": PhaseId.LOSS,
    "backward": PhaseId.BACKWARD,
    "optimizer": PhaseId.OPTIMIZER,
}


def layer_ranges(table: EventTable) -> tuple[tuple[str, ...], Rows]:
    """Return the layer paths, and per row the id of the layer whose range it is (-1: not a range).

    Paths that ``table.layers`` lacks are added behind it.
    """
    ids = {path: number for number, path in enumerate(table.layers)}

    def number_of(name: str) -> int:
        return ids.setdefault(name.removeprefix(LAYER_PREFIX), len(ids))

    values = _range_values(table, LAYER_PREFIX, number_of)
    return tuple(ids), values


def phases_by_time(table: EventTable) -> NDArray[np.uint8]:
    """Return the `PhaseId` whose range was open when each row started; UNKNOWN outside of all."""
    values = _range_values(table, PHASE_PREFIX, lambda name: _PHASES.get(name.removeprefix(PHASE_PREFIX), 0))
    open_values = _values_by_time(table, values)
    return np.where(open_values == ABSENT, int(PhaseId.UNKNOWN), open_values).astype(np.uint8)


def is_phase_range(table: EventTable) -> NDArray[np.bool_]:
    """True for the ranges around phases, shape (N,)."""
    is_range: NDArray[np.bool_] = _range_values(table, PHASE_PREFIX, lambda _: 0) != ABSENT
    return is_range


def steps_by_time(table: EventTable) -> NDArray[np.int32]:
    """Return the number of the ``ProfilerStep#`` that was open when each row started; -1 is none."""
    values = _range_values(table, STEP_PREFIX, lambda name: _integer(name.removeprefix(STEP_PREFIX)))
    return _values_by_time(table, values).astype(np.int32)


def step_ranges(table: EventTable) -> Rows:
    """Return the rows of the ``ProfilerStep#`` ranges in order of time, shape (K,)."""
    rows = np.flatnonzero(
        _range_values(table, STEP_PREFIX, lambda name: _integer(name.removeprefix(STEP_PREFIX))) != ABSENT
    )
    return rows[np.argsort(table.start_ns[rows], kind="stable")]


def _integer(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else ABSENT


def _range_values(table: EventTable, prefix: str, value_of: Callable[[str], int]) -> Rows:
    """Return ``value_of(name)`` for the CPU ranges whose name starts with ``prefix``, else -1."""
    by_name = np.full(len(table.names), ABSENT, np.int64)
    for number, name in enumerate(table.names):
        if name.startswith(prefix):
            by_name[number] = value_of(name)
    values = np.full(len(table), ABSENT, np.int64)
    # A device's copy of a range covers the kernels, late: it says nothing about the threads.
    on_stream = np.array([track.is_stream for track in table.tracks], np.bool_)
    ranges = np.flatnonzero(table.kind == Kind.ANNOTATION)
    ranges = ranges[~on_stream[table.track[ranges]]]
    values[ranges] = by_name[table.name[ranges]]
    return values


def _values_by_time(table: EventTable, values: Rows) -> Rows:
    ranges = np.flatnonzero(values != ABSENT)
    if not len(ranges):
        return np.full(len(table), ABSENT, np.int64)
    ranges = ranges[np.argsort(table.start_ns[ranges], kind="stable")]
    latest = np.searchsorted(table.start_ns[ranges], table.start_ns, side="right") - 1
    candidate = ranges[np.maximum(latest, 0)]
    is_open = (latest >= 0) & (table.start_ns <= table.end_ns[candidate])
    return np.where(is_open, values[candidate], ABSENT)
