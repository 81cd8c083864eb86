"""Which of a sweep's points differ clearly enough to speak of."""

from __future__ import annotations

import math
from statistics import NormalDist

from engine.analysis.comparison.results import RatioEstimate

# Two copies of one layer in one process were seen to differ by half of this and be sure of it: where their
# tensors lie is drawn once for each process, and no interval of one run can tell.
SMALLEST_SHARE = 0.03
_ALPHA = 0.05


def clear_sign(ratio: RatioEstimate | None, points: int) -> int | None:
    """Return 1 if the variant is clearly slower, -1 if faster, 0 if neither, None if it can't be told.

    A 95 % interval misses one time in 20, and a sweep looks at many: it is widened so that all ``points``
    together hold with 95 % (Bonferroni's correction, on the logarithm of the ratio).
    """
    if ratio is None or ratio.interval_95 is None or ratio.ratio <= 0 or ratio.interval_95[0] <= 0:
        return None
    found = math.log(ratio.ratio)
    low, high = (math.log(bound) for bound in ratio.interval_95)
    factor = _quantile(points) / _quantile(1)
    if abs(found) < math.log1p(SMALLEST_SHARE):
        return 0
    if found > 0:
        return 1 if found - factor * (found - low) > 0 else 0
    return -1 if found + factor * (high - found) < 0 else 0


def _quantile(points: int) -> float:
    return NormalDist().inv_cdf(1 - _ALPHA / (2 * max(1, points)))
