"""Whose an allocation is: the attribution of operators, with the allocator's events among them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.attribution import attribute_fully
from engine.trace.event_table import ABSENT, COLUMNS, EventTable, Kind, event_table
from engine.trace.memory_profile import AllocationTable

Rows = NDArray[np.int64]

_NAME = "[memory]"
# They allocate for whoever calls them: the caller's name says more.
_ALLOCATORS = ("aten::empty", "aten::resize", "aten::new_empty", _NAME)


@dataclass(frozen=True, slots=True, eq=False)
class AllocationOwners:
    """``layer`` (ABSENT: none), ``phase`` (a `PhaseId`) and ``is_loss`` of each event; shape (A,)."""

    layer: Rows
    phase: Rows
    is_loss: NDArray[np.bool_]
    table: EventTable
    first: int

    def op_name(self, event: int) -> str:
        """Return the operator that caused an event; empty if none was running."""
        row = self.first + event
        while row != ABSENT and self.table.name_of(row).startswith(_ALLOCATORS):
            row = int(self.table.parent[row])
        is_op = row != ABSENT and self.table.kind[row] == Kind.OP
        return self.table.name_of(row) if is_op else ""


def allocation_owners(table: EventTable, allocations: AllocationTable) -> AllocationOwners:
    """Attribute the allocator's events as moments inside of the operators of their threads."""
    count = len(allocations)
    joined = _joined(table, allocations)
    attributed = attribute_fully(joined)
    own = slice(len(joined) - count, None)
    return AllocationOwners(
        attributed.table.layer[own].astype(np.int64),
        attributed.table.phase[own].astype(np.int64),
        attributed.is_loss[own],
        attributed.table,
        len(joined) - count,
    )


def _joined(table: EventTable, allocations: AllocationTable) -> EventTable:
    count = len(allocations)
    more: dict[str, Any] = {
        "name": np.full(count, len(table.names)),
        "kind": np.full(count, int(Kind.OVERHEAD)),
        "start_ns": allocations.time_ns,
        "duration_ns": np.zeros(count, np.int64),
        "track": _tracks(table, allocations.thread),
        "thread": allocations.thread,
        "variant": np.full(count, table.variant[0] if len(table) else 0),
    }
    none = event_table((*table.names, _NAME), table.tracks, table.layers, **more)
    columns: dict[str, Any] = {
        name: np.concatenate((getattr(table, name), getattr(none, name))) for name in COLUMNS
    }
    return event_table(none.names, table.tracks, table.layers, **columns)


def _tracks(table: EventTable, threads: NDArray[np.int16]) -> NDArray[np.int64]:
    """Return the track of each thread; one that ran nothing else gets any: no operator is around it."""
    tracks = np.zeros(len(threads), np.int64)
    on_thread = np.array([not track.is_stream for track in table.tracks], np.bool_)
    rows = np.flatnonzero(on_thread[table.track] & (table.kind == Kind.OP))
    for thread in np.unique(threads):
        found = rows[table.thread[rows] == thread]
        if len(found):
            tracks[threads == thread] = table.track[found[0]]
    return tracks
