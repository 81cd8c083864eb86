"""How a kernel was launched: the columns that hold it, and what torch's own words for it mean.

Worker and app read the same arguments, one from raw events, the other from trace files.
"""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any, Union

# Column -> typecode of `array`. Floats as wide as a trace file's decimals: they are written back equal.
LAUNCH_COLUMNS: dict[str, str] = {
    "grid_x": "q",
    "grid_y": "q",
    "grid_z": "q",
    "block_x": "i",
    "block_y": "i",
    "block_z": "i",
    "registers_per_thread": "i",
    "shared_memory_bytes": "q",
    "blocks_per_sm": "d",
    "warps_per_sm": "d",
    "occupancy_percent": "d",
    "bytes": "q",
}
# Before the names of these columns in the frame of a window, which has others as well.
LAUNCH_PREFIX = "launch."
# torch's names, in the order in which `launch_values` takes what stands under them.
TORCH_NAMES = (
    *("grid", "block", "registers per thread", "shared memory", "blocks per SM", "warps per SM"),
    *("est. achieved occupancy %", "bytes"),
)
NOT_TOLD = -1

LaunchValues = tuple[Union[int, float], ...]

_LARGEST_INT = 2**31 - 1
_LARGEST_LONG = 2**63 - 1
_NO_SHAPE = (NOT_TOLD, NOT_TOLD, NOT_TOLD)


def launch_values(
    grid: Any,
    block: Any,
    registers: Any,
    shared_memory: Any,
    blocks_per_sm: Any,
    warps_per_sm: Any,
    occupancy: Any,
    count: Any,
) -> LaunchValues:
    """Return a value for each of `LAUNCH_COLUMNS` from what torch wrote, whatever its type.

    What is absent, negative (torch's -1 for what it can't estimate), or no such number is not told:
    -1, and NaN in the columns of floats.
    """
    return (
        *_shape(grid),
        *_shape(block),
        _whole(registers, _LARGEST_INT),
        _whole(shared_memory, _LARGEST_LONG),
        _real(blocks_per_sm),
        _real(warps_per_sm),
        _real(occupancy),
        _whole(count, _LARGEST_LONG),
    )


def _shape(value: Any) -> tuple[int, int, int]:
    if not isinstance(value, list) or len(value) != 3:
        return _NO_SHAPE
    x, y, z = (_whole(size, _LARGEST_INT) for size in value)
    return _NO_SHAPE if NOT_TOLD in (x, y, z) else (x, y, z)


def _whole(value: Any, largest: int) -> int:
    if type(value) is int:
        return value if 0 <= value <= largest else NOT_TOLD
    number = _real(value)
    return int(number) if number.is_integer() and number <= largest else NOT_TOLD


def _real(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return math.nan
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return math.nan
    # kineto writes "inf" for a device without multiprocessors.
    return number if math.isfinite(number) and number >= 0 else math.nan
