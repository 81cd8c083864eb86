"""Whether step times went up or down over a run."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

# With fewer blocks a chance order is too likely to look like a trend.
MINIMUM_BLOCKS = 8


@dataclass(frozen=True, slots=True)
class Trend:
    """A straight line through values in order of time: its two ends, and how likely chance draws one.

    ``probability``: of a trend at least this clear among values in random order (two-sided).
    """

    first: float
    last: float
    probability: float

    @property
    def change(self) -> float:
        """The change from the first to the last, as a share of the first: 0.04 is 4 % up."""
        return self.last / self.first - 1 if self.first > 0 else 0.0


def trend_of(values: NDArray[np.float64]) -> Trend | None:
    """Return the trend of values at even distances, shape (N,); None if they are too few to have one.

    The slope is the median of the slopes between all pairs (Theil 1950, Sen 1968), which a quarter of
    outliers leaves in place; the probability is Mann's and Kendall's, corrected for ties, by its
    normal approximation (Kendall 1975, "Rank correlation methods").
    """
    count = len(values)
    if count < MINIMUM_BLOCKS:
        return None
    early, late = np.triu_indices(count, 1)
    differences = values[late] - values[early]
    slope = float(np.median(differences / (late - early)))
    start = float(np.median(values - slope * np.arange(count)))
    score = abs(int(np.sign(differences).sum()))
    return Trend(start, start + slope * (count - 1), _probability(score, values))


def _probability(score: int, values: NDArray[np.float64]) -> float:
    ties = np.unique(values, return_counts=True)[1]
    variance = (_pairs(np.array([len(values)])) - _pairs(ties)) / 18
    if variance <= 0 or score == 0:
        return 1.0
    return 2 * (1 - NormalDist().cdf((score - 1) / sqrt(variance)))


def _pairs(counts: NDArray[np.int64]) -> int:
    return int((counts * (counts - 1) * (2 * counts + 5)).sum())
