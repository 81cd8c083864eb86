"""Ops on threads that name no layer: those of an op's own threads, and of threads a layer starts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import ABSENT, EventTable, Kind

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


def stray_callers(table: EventTable, parent: Rows, is_phase: Mask) -> tuple[Rows, Rows]:
    """Return the ops that nothing encloses, and what the stepping thread was in around each of them.

    The thread that steps waits for threads that it has started, be it in an op (OpenMP) or in a layer:
    what they run in that time is run for it. A table without phases doesn't say who steps: no rows.
    """
    is_stepping = np.isin(np.arange(len(table.tracks)), table.track[is_phase])[table.track]
    rows = np.flatnonzero((parent == ABSENT) & (table.kind == Kind.OP) & ~is_stepping)
    candidates = np.flatnonzero(is_stepping)
    if not len(rows) or not len(candidates):
        return rows[:0], rows[:0]
    candidates = candidates[np.argsort(table.start_ns[candidates], kind="stable")]
    place = np.searchsorted(table.start_ns[candidates], table.start_ns[rows], side="right") - 1
    around = np.where(place >= 0, candidates[place], ABSENT)
    end = table.end_ns
    while (is_over := (around != ABSENT) & (end[around] < end[rows])).any():
        around = np.where(is_over, parent[around], around)
    found = around != ABSENT
    return rows[found], around[found]
