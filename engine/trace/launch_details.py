"""LaunchDetails: how what ran on devices was launched, for the rows of a table that say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.wire.launch_columns import LAUNCH_COLUMNS, NOT_TOLD

# Column name -> dtype.
DETAIL_COLUMNS: dict[str, np.dtype[Any]] = {
    name: np.dtype(typecode) for name, typecode in {"row": "i", **LAUNCH_COLUMNS}.items()
}


@dataclass(frozen=True, slots=True, eq=False)
class LaunchDetails:
    """Columns of equal length K: a side table, since only what runs on a device has any of it.

    ``row``: the event's row in its `EventTable`, ascending, each at most once. ``grid_*`` in blocks
    (AMD's extended launches: in threads) and ``block_*`` in threads; ``registers_per_thread``;
    ``shared_memory_bytes`` of a block, static and dynamic; ``blocks_per_sm`` and ``warps_per_sm``, those
    launched over the number of multiprocessors; ``occupancy_percent``, 0 … 100, as torch estimates it
    from these; ``bytes`` that a copy moved or a fill wrote. What isn't told is -1, of floats NaN.

    ``unavailable`` says in a sentence why a door told nothing; empty if it told what there was.
    """

    row: NDArray[np.int32]
    grid_x: NDArray[np.int64]
    grid_y: NDArray[np.int64]
    grid_z: NDArray[np.int64]
    block_x: NDArray[np.int32]
    block_y: NDArray[np.int32]
    block_z: NDArray[np.int32]
    registers_per_thread: NDArray[np.int32]
    shared_memory_bytes: NDArray[np.int64]
    blocks_per_sm: NDArray[np.float64]
    warps_per_sm: NDArray[np.float64]
    occupancy_percent: NDArray[np.float64]
    bytes: NDArray[np.int64]
    unavailable: str = ""

    def __len__(self) -> int:
        return len(self.row)

    @property
    def nbytes(self) -> int:
        """Bytes held by the columns."""
        return sum(int(getattr(self, name).nbytes) for name in DETAIL_COLUMNS)

    def places_of(self, rows: NDArray[Any]) -> NDArray[np.intp]:
        """Return where the details of each given row stand, -1 for rows without; shape as ``rows``."""
        if not len(self):
            return np.full(len(rows), -1, np.intp)
        at = np.minimum(np.searchsorted(self.row, rows), len(self) - 1)
        return np.where(self.row[at] == rows, at, -1)

    def of_rows(self, rows: NDArray[Any], length: int) -> LaunchDetails:
        """Return the details of the given rows (mask or indices) of a table of ``length`` rows.

        ``row`` counts in the table that has just these rows.
        """
        if not len(self):
            return self
        indices = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        places = self.places_of(np.where(indices < 0, indices + length, indices))
        moved = np.flatnonzero(places >= 0)
        columns = {name: getattr(self, name)[places[moved]] for name in DETAIL_COLUMNS}
        return replace(self, **{**columns, "row": moved.astype(np.int32)})


def launch_details(columns: Mapping[str, Any], unavailable: str = "") -> LaunchDetails:
    """Build details from the columns at hand; absent ones are "not told". ``row`` sets the length K.

    Raises ValueError if a column has another length or isn't one of these, or rows don't ascend.
    """
    unknown = columns.keys() - DETAIL_COLUMNS.keys()
    if unknown:
        raise ValueError(f"unknown launch details: {', '.join(sorted(unknown))}")
    length = len(columns.get("row", ()))
    full: dict[str, NDArray[Any]] = {}
    for name, dtype in DETAIL_COLUMNS.items():
        none = np.nan if dtype.kind == "f" else NOT_TOLD
        values = columns[name] if name in columns else np.full(length, none)
        full[name] = np.ascontiguousarray(values, dtype=dtype)
        if len(full[name]) != length:
            raise ValueError(f"launch details: {name} has {len(full[name])} rows, not {length}")
    if length and (full["row"][0] < 0 or np.any(np.diff(full["row"]) <= 0)):
        raise ValueError("launch details: the rows do not ascend")
    return LaunchDetails(**full, unavailable=unavailable)


NO_DETAILS = launch_details({})


def joined(parts: Sequence[LaunchDetails]) -> LaunchDetails:
    """Return details of one table that came in parts, their rows ascending from part to part."""
    told = [part for part in parts if len(part)]
    if not told:
        return NO_DETAILS
    return launch_details(
        {name: np.concatenate([getattr(part, name) for part in told]) for name in DETAIL_COLUMNS}
    )
