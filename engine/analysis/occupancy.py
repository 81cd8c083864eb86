"""Occupancy as torch estimates it, without the estimates that can't be."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.launch_details import LaunchDetails

IMPOSSIBLE_OCCUPANCY = (
    "torch's estimate is 0 %, which can't be: it knows no kernels with over 48 KiB of shared memory a block."
)
# No multiprocessor of NVIDIA's holds more threads than this (CUDA C++ Programming Guide, compute
# capabilities 5.0 to 12.0), so at least this much of it is taken by what runs there.
_MOST_THREADS = 2048
# Estimates are whole percents: less than half of one is honestly 0.
_ROUNDED_TO_ZERO_PERCENT = 0.5


def believable_occupancy(details: LaunchDetails) -> NDArray[np.float64]:
    """Return ``occupancy_percent`` with NaN in place of a 0 that can't be; shape (K,).

    kineto asks CUDA's occupancy calculator with the limit of shared memory that kernels start with
    (48 KiB). Of one that raised it, it learns that no block fits, and writes 0 (seen for all such
    kernels in traces of A100, H100 and B200, and for no others).
    """
    threads = details.block_x.astype(np.int64) * details.block_y * details.block_z
    least_percent = np.minimum(details.blocks_per_sm, 1.0) * threads / _MOST_THREADS * 100
    impossible = (details.occupancy_percent == 0) & (least_percent >= _ROUNDED_TO_ZERO_PERCENT)
    return np.where(impossible, np.nan, details.occupancy_percent)
