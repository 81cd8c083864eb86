"""The spread of step times."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import numpy as np
from numpy.typing import NDArray

from engine.analysis.results import StepStatistics
from engine.analysis.step_blocks import StepBlocks, middle
from engine.trace.step_table import StepTable

_PERCENTILES = (1, 5, 10, 25, 75, 90, 95, 99)


def step_statistics(steps: StepTable) -> StepStatistics | None:
    """Return the spread of the steps that count as timed; None if there is none yet."""
    return spread_of(StepBlocks(steps.duration_ns[steps.is_timed]))


def spread_of(blocks: StepBlocks) -> StepStatistics | None:
    """Return the spread of durations; None if there are none.

    Percentiles interpolate linearly between ranks, as numpy's do. ``mad_us`` is the median absolute
    deviation from the median, unscaled. The interval is that of `engine.wire.median_interval`.
    """
    ordered = blocks.ordered
    if not len(ordered):
        return None
    median_ns = middle(ordered)
    interval = blocks.median_interval_ns()
    ranks = zip(_PERCENTILES, _at(ordered, np.array(_PERCENTILES) / 100), strict=True)
    percentiles = {f"p{percent}_us": value_ns / 1e3 for percent, value_ns in ranks}
    return StepStatistics(
        count=len(ordered),
        median_us=median_ns / 1e3,
        mean_us=float(ordered.mean()) / 1e3,
        min_us=int(ordered[0]) / 1e3,
        max_us=int(ordered[-1]) / 1e3,
        mad_us=_median_deviation_ns(ordered, median_ns) / 1e3,
        median_interval_95_us=None if interval is None else (interval[0] / 1e3, interval[1] / 1e3),
        **percentiles,
    )


def _at(ordered: NDArray[np.integer], shares: NDArray[np.float64]) -> list[float]:
    place = shares * (len(ordered) - 1)
    below = np.floor(place).astype(np.int64)
    low, high = ordered[below].astype(np.float64), ordered[np.ceil(place).astype(np.int64)]
    return list((low + (high - low) * (place - below)).tolist())


def _median_deviation_ns(ordered: NDArray[np.integer], median_ns: float) -> float:
    """Return the median of \\|x - median|, found by its rank: nothing has to be sorted again."""
    count = len(ordered)
    # In half nanoseconds all of these are whole numbers: the median may lie between two.
    median, reach = round(2 * median_ns), 2 * (int(ordered[-1]) - int(ordered[0]))

    def count_within(radius: int) -> int:
        low, high = -((radius - median) // 2), (median + radius) // 2
        # numpy's searchsorted would convert the whole column to the integer's type first.
        return bisect_right(ordered, high) - bisect_left(ordered, low)

    ranks = ((count - 1) // 2, count // 2)
    low, high = (bisect_left(range(reach), rank + 1, key=count_within) for rank in ranks)
    return (low + high) / 4
