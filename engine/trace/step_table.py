"""StepTable: every step of a run, timed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.wire.kinds import NOT_TIMED, StepFlag

__all__ = ["STEP_COLUMNS", "StepFlag", "StepTable", "step_table"]


@dataclass(frozen=True, slots=True, eq=False)
class StepTable:
    """Columns of equal length N, in order of time.

    ``variant`` and ``step`` (counted per variant, from 0); ``start_ns`` (Unix time);
    ``duration_ns``, by device events on a GPU, else by the monotonic clock; ``flags``
    (`StepFlag`): a profiled step's duration includes the profiler and never counts as timed; a timed
    one that was interrupted counts all the same.
    """

    variant: NDArray[np.int16]
    step: NDArray[np.int32]
    start_ns: NDArray[np.int64]
    duration_ns: NDArray[np.int64]
    flags: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.step)

    def of_variant(self, variant: int) -> StepTable:
        """Return the steps of one variant."""
        return self.select(self.variant == variant)

    def bare(self) -> StepTable:
        """Return the steps that count as timed: neither profiled nor warm-up."""
        return self.select(self.is_timed)

    @property
    def is_timed(self) -> NDArray[np.bool_]:
        """Which steps count as timed: neither profiled nor warm-up."""
        is_timed: NDArray[np.bool_] = (self.flags & NOT_TIMED) == 0
        return is_timed

    def select(self, rows: NDArray[Any] | slice) -> StepTable:
        """Return the given rows (mask, indices or slice)."""
        return StepTable(*(getattr(self, name)[rows] for name in STEP_COLUMNS))


STEP_COLUMNS: dict[str, type[np.generic]] = {
    "variant": np.int16,
    "step": np.int32,
    "start_ns": np.int64,
    "duration_ns": np.int64,
    "flags": np.uint8,
}


def step_table(**columns: Any) -> StepTable:
    """Build a table from all five columns, converting dtypes; no columns gives an empty one."""
    arrays = (np.ascontiguousarray(columns.get(name, ()), dtype) for name, dtype in STEP_COLUMNS.items())
    return StepTable(*arrays)
