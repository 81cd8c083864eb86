"""The spread of step times."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.analysis.results import StepStatistics
from engine.trace.step_table import StepTable


def step_statistics(steps: StepTable) -> StepStatistics | None:
    """Return the spread of the steps that count as timed; None if there is none yet.

    ``mad_us`` is the median absolute deviation from the median, unscaled.
    """
    return spread_of(steps.bare().duration_ns / 1000.0)


def spread_of(durations_us: NDArray[np.float64]) -> StepStatistics | None:
    """Return the spread of durations in µs, shape (N,); None for N = 0."""
    if not len(durations_us):
        return None
    p10, median, p90 = np.percentile(durations_us, (10, 50, 90)).tolist()
    return StepStatistics(
        count=len(durations_us),
        median_us=median,
        mean_us=float(durations_us.mean()),
        min_us=float(durations_us.min()),
        max_us=float(durations_us.max()),
        p10_us=p10,
        p90_us=p90,
        mad_us=float(np.median(np.abs(durations_us - median))),
    )
