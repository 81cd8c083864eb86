"""How the kernels, copies and fills of a Chrome trace were launched."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np

from engine.trace.chrome_event import ChromeArgs
from engine.trace.launch_details import NO_DETAILS, LaunchDetails, launch_details

_LARGEST = 2**31 - 1
_LARGEST_SIZE = 2**63 - 1
_NOT_TOLD = -1
_NO_SHAPE = (_NOT_TOLD, _NOT_TOLD, _NOT_TOLD)


def chrome_details(args: Sequence[ChromeArgs], rows: Sequence[int]) -> LaunchDetails:
    """Return the details of the device rows among ``args``; ``rows`` are theirs, ascending."""
    told = [row for row in rows if _says_anything(args[row])]
    if not told:
        return NO_DETAILS
    own = [args[row] for row in told]
    grid = np.array([_shape(arg.grid) for arg in own], np.int64)
    block = np.array([_shape(arg.block) for arg in own], np.int64)
    return launch_details(
        row=np.array(told),
        grid_x=grid[:, 0],
        grid_y=grid[:, 1],
        grid_z=grid[:, 2],
        block_x=block[:, 0],
        block_y=block[:, 1],
        block_z=block[:, 2],
        registers_per_thread=[_whole(arg.registers, _LARGEST) for arg in own],
        shared_memory_bytes=[_whole(arg.shared_memory, _LARGEST_SIZE) for arg in own],
        blocks_per_sm=[_real(arg.blocks_per_sm) for arg in own],
        warps_per_sm=[_real(arg.warps_per_sm) for arg in own],
        occupancy_percent=[_real(arg.occupancy) for arg in own],
        bytes=[_whole(arg.bytes, _LARGEST_SIZE) for arg in own],
    )


def _says_anything(arg: ChromeArgs) -> bool:
    return arg.grid is not None or arg.bytes is not None or arg.block is not None or arg.registers is not None


def _shape(value: Any) -> tuple[int, int, int]:
    """Return a grid or block; one that is not three sizes is not told."""
    if not isinstance(value, list) or len(value) != 3:
        return _NO_SHAPE
    x, y, z = (_whole(size, _LARGEST) for size in value)
    return _NO_SHAPE if _NOT_TOLD in (x, y, z) else (x, y, z)


def _whole(value: Any, largest: int) -> int:
    if type(value) is int:
        return value if 0 <= value <= largest else _NOT_TOLD
    number = _real(value)
    return int(number) if number.is_integer() and number <= largest else _NOT_TOLD


def _real(value: Any) -> float:
    """Return a number that is not negative, else NaN: torch writes -1 for what it can't estimate."""
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, str)):
        return math.nan
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return math.nan
    return number if math.isfinite(number) and number >= 0 else math.nan
