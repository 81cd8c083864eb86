"""Grids in blocks, whatever unit a launch call counts them in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.analysis.launches import launch_calls
from engine.trace.event_table import ABSENT, EventTable

# AMD's extended launch takes its grid in threads (hip_ext.h: globalWorkSizeX …), and torch writes down
# what it was given.
_IN_THREADS = "hipExtModuleLaunchKernel"


def grids_in_blocks(table: EventTable) -> NDArray[np.int64]:
    """Return the grid of each of the table's launch details in blocks, shape (K, 3); -1 is not told."""
    details = table.details
    grid = np.stack((details.grid_x, details.grid_y, details.grid_z), axis=1)
    if _IN_THREADS not in table.names:
        return grid
    block = np.stack((details.block_x, details.block_y, details.block_z), axis=1)
    calls = launch_calls(table, details.row.astype(np.int64))
    call_name = table.name[np.maximum(calls, 0)]
    in_threads = (calls != ABSENT) & (call_name == table.names.index(_IN_THREADS))
    in_threads &= (grid > 0).all(axis=1) & (block > 0).all(axis=1)
    grid[in_threads] = -(-grid[in_threads] // block[in_threads])
    return grid
