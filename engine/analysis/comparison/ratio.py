"""How much faster: the ratio of two median step times, and its 95 % interval."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.analysis.comparison.paired_blocks import Blocks, paired_blocks
from engine.analysis.comparison.results import RatioEstimate, Verdict
from engine.analysis.comparison.side import Side
from engine.analysis.step_blocks import middle
from engine.wire.median_interval import tail

RESAMPLES = 1000
# Of fewer pairs, no bootstrap says anything worth knowing.
MINIMUM_BLOCKS = 6
_SEED = 20_130


def ratio_of(baseline: Side, variant: Side, same_run: bool) -> RatioEstimate | None:
    """Return the variant's median bare step over the baseline's; None while either has none."""
    first, second = paired_blocks(baseline.steps, variant.steps)
    if not len(first.durations_ns) or not len(second.durations_ns):
        return None
    medians = tuple(middle(np.sort(side.durations_ns)) for side in (first, second))
    interval, reason = _interval(first, second)
    return RatioEstimate(
        baseline_median_us=medians[0] / 1e3,
        variant_median_us=medians[1] / 1e3,
        ratio=medians[1] / medians[0],
        interval_95=interval,
        verdict=None if interval is None else verdict_of(interval),
        is_paired=same_run,
        blocks=len(first),
        reason=reason,
    )


def verdict_of(interval: tuple[float, float]) -> Verdict:
    """Return what an interval of a ratio says."""
    low, high = interval
    return "slower" if low > 1 else "faster" if high < 1 else "no difference"


def _interval(first: Blocks, second: Blocks) -> tuple[tuple[float, float] | None, str]:
    blocks = len(first)
    if blocks < MINIMUM_BLOCKS:
        return None, f"There are {blocks} pairs of blocks; an interval needs {MINIMUM_BLOCKS}."
    logs = [
        np.log([np.median(s.durations_ns[a:b]) for a, b in zip(s.edges, s.edges[1:], strict=False)])
        for s in (first, second)
    ]
    ratios = logs[1] - logs[0]
    resampled = np.median(ratios[_draws(blocks)], axis=1)
    outside = tail(blocks)
    low, high = np.exp(np.quantile(resampled, [outside, 1 - outside]))
    return (float(low), float(high)), ""


@lru_cache(maxsize=8)
def _draws(blocks: int) -> NDArray[np.int64]:
    return np.random.default_rng(_SEED).integers(0, blocks, (RESAMPLES, blocks))
