"""EventTable: all events of a window or a trace file, as numpy columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace.launch_details import NO_DETAILS, LaunchDetails
from engine.wire.kinds import LAYER_PREFIX, PHASE_PREFIX, STEP_PREFIX, Kind

__all__ = [
    "ABSENT",
    "COLUMNS",
    "DEVICE_KINDS",
    "LAYER_PREFIX",
    "PHASE_PREFIX",
    "STEP_PREFIX",
    "EventTable",
    "Kind",
    "PhaseId",
    "Track",
    "event_table",
    "used_names",
]


DEVICE_KINDS = (Kind.KERNEL, Kind.MEMCPY, Kind.MEMSET)


class PhaseId(IntEnum):
    """The part of a step an event belongs to."""

    UNKNOWN = 0
    FORWARD = 1
    LOSS = 2
    BACKWARD = 3
    OPTIMIZER = 4


ABSENT = -1


@dataclass(frozen=True, slots=True)
class Track:
    """A row of the timeline: a CPU thread (``device`` -1) or one stream of a device."""

    process: int
    device: int
    resource: int

    @property
    def is_stream(self) -> bool:
        """Whether this is a device stream rather than a CPU thread."""
        return self.device >= 0


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """Columns of equal length N, one row per event, in no particular order.

    ``name``: index into ``names``. ``kind``: a `Kind`. ``start_ns``: Unix time. ``duration_ns``.
    ``track``: index into ``tracks``. ``correlation``: of ops, their own id; of runtime calls and
    device events, the id that pairs them. ``linked``: of runtime calls and device events, the
    ``correlation`` of the op that launched them; 0 is none. ``sequence`` and ``forward_thread``:
    autograd's, -1 and 0 are none; ``thread`` is the thread id that ``forward_thread`` refers to.

    The last five are filled in by `engine.analysis.attribution`: ``parent`` (row of the enclosing
    event on the track, or of the launching op), ``layer`` (index into ``layers``), ``step``, ``phase``
    (a `PhaseId`); -1 is none. ``variant`` is constant in a window.

    ``details``: how device events were launched, for those that say it.
    """

    names: tuple[str, ...]
    tracks: tuple[Track, ...]
    layers: tuple[str, ...]
    name: NDArray[np.int32]
    kind: NDArray[np.uint8]
    start_ns: NDArray[np.int64]
    duration_ns: NDArray[np.int64]
    track: NDArray[np.int16]
    thread: NDArray[np.int16]
    correlation: NDArray[np.int64]
    linked: NDArray[np.int64]
    sequence: NDArray[np.int32]
    forward_thread: NDArray[np.int16]
    parent: NDArray[np.int32]
    layer: NDArray[np.int32]
    step: NDArray[np.int32]
    phase: NDArray[np.uint8]
    variant: NDArray[np.int16]
    details: LaunchDetails = NO_DETAILS

    def __len__(self) -> int:
        return len(self.name)

    @property
    def end_ns(self) -> NDArray[np.int64]:
        """Unix time at which each event ended, shape (N,)."""
        return self.start_ns + self.duration_ns

    @property
    def is_device(self) -> NDArray[np.bool_]:
        """True for kernels, copies and fills, shape (N,)."""
        return (self.kind >= Kind.KERNEL) & (self.kind <= Kind.MEMSET)

    @property
    def nbytes(self) -> int:
        """Bytes held by the columns and the launch details."""
        return sum(int(getattr(self, name).nbytes) for name in COLUMNS) + self.details.nbytes

    def name_of(self, row: int) -> str:
        """Return the name of one event."""
        return self.names[int(self.name[row])]

    def with_columns(self, **columns: Any) -> EventTable:
        """Return a table in which the given fields are replaced.

        Rows may be added behind the others; whoever moves rows replaces ``details`` too.
        """
        return replace(self, **columns)

    def select(self, rows: NDArray[Any]) -> EventTable:
        """Return the given rows (mask or indices), with only the names that they use.

        ``parent`` becomes absent, rows having moved.
        """
        columns = {name: getattr(self, name)[rows] for name in COLUMNS}
        columns["parent"] = np.full(len(columns["name"]), ABSENT, np.int32)
        names, columns["name"] = used_names(self.names, columns["name"])
        return replace(self, names=names, details=self.details.of_rows(rows, len(self)), **columns)


# Column name -> dtype: 60 bytes an event.
COLUMNS: dict[str, type[np.generic]] = {
    "name": np.int32,
    "kind": np.uint8,
    "start_ns": np.int64,
    "duration_ns": np.int64,
    "track": np.int16,
    "thread": np.int16,
    "correlation": np.int64,
    "linked": np.int64,
    "sequence": np.int32,
    "forward_thread": np.int16,
    "parent": np.int32,
    "layer": np.int32,
    "step": np.int32,
    "phase": np.uint8,
    "variant": np.int16,
}

# What a column holds when a door has nothing for it.
DEFAULTS: dict[str, int] = {
    "linked": 0,
    "correlation": 0,
    "forward_thread": 0,
    "thread": 0,
    "phase": PhaseId.UNKNOWN,
    "variant": 0,
}


def used_names(names: Sequence[str], name: NDArray[np.int32]) -> tuple[tuple[str, ...], NDArray[np.int32]]:
    """Return the names that occur in a column, and the column as indices into these.

    Every step has a name of its own: windows that keep the names of all others grow in number times
    length. Raises IndexError for an index that no name has.
    """
    used, column = np.unique(name, return_inverse=True)
    return tuple(names[number] for number in used.tolist()), column.astype(np.int32)


def event_table(
    names: tuple[str, ...],
    tracks: tuple[Track, ...],
    layers: tuple[str, ...] = (),
    details: LaunchDetails = NO_DETAILS,
    **columns: Any,
) -> EventTable:
    """Build a table from the columns at hand; absent ones get their "none" value.

    ``name`` and ``kind`` are required; ``name`` sets the length N. Raises ValueError if a column has
    another length or isn't one of a table's, or if ``details`` are of rows that there aren't.
    """
    length = len(columns["name"])
    full: dict[str, NDArray[Any]] = {}
    for column, dtype in COLUMNS.items():
        if column in columns:
            full[column] = np.ascontiguousarray(columns.pop(column), dtype=dtype)
        else:
            full[column] = np.full(length, DEFAULTS.get(column, ABSENT), dtype)
        if len(full[column]) != length:
            raise ValueError(f"column {column} has {len(full[column])} rows, not {length}")
    if columns:
        raise ValueError(f"unknown columns: {', '.join(columns)}")
    if len(details) and int(details.row[-1]) >= length:
        raise ValueError(f"launch details of row {int(details.row[-1])} of a table of {length}")
    return EventTable(names, tracks, layers, **full, details=details)
