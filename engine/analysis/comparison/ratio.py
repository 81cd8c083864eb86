"""How much faster: the ratio of two median step times, and its 95 % interval.

The interval is a bootstrap of that very ratio. Of variants that took turns, pairs of neighbouring blocks are
drawn anew, so that a clock that changes for both changes neither the ratio nor its interval; of
separate runs, stretches of each run by themselves. The percentiles are widened for few
blocks, as those of one median are (`engine.wire.median_interval`).

Turns of one side may hold more steps than the other's, and if the machine slowed down meanwhile, that
alone moves the medians apart. So the interval reaches over two: with every step counted alike, as in
the medians, and with every block.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from engine.analysis.comparison.blocks import Blocks, even_blocks, paired_blocks
from engine.analysis.comparison.median_resamples import Weights, median_of, resampled_medians
from engine.analysis.comparison.results import RatioEstimate, Verdict
from engine.analysis.comparison.side import Side
from engine.trace.step_table import StepFlag, StepTable
from engine.wire.median_interval import tail

RESAMPLES = 2000
# Of fewer blocks, what a bootstrap says is not worth knowing.
MINIMUM_BLOCKS = 6
# Longer blocks are the more independent; more than these gain nothing.
_MOST_BLOCKS = 40
_SEED = 20_130

Interval = tuple[float, float]


def ratio_of(baseline: Side, variant: Side, same_run: bool) -> RatioEstimate | None:
    """Return the variant's median bare step over the baseline's; None while either has no step.

    Where a side has no bare steps (a trace from elsewhere), the mean walls of profiled steps stand in.
    ``same_run``: both took turns in one worker.
    """
    if not (baseline.has_bare_steps and variant.has_bare_steps):
        return _profiled_ratio(baseline, variant)
    if same_run:
        first, second = paired_blocks(baseline.steps, variant.steps)
    else:
        first, second = (even_blocks(side.steps.bare().duration_ns) for side in (baseline, variant))
    spread, reason = _spread(first, second, same_run)
    blocks = min(len(first), len(second))
    return _estimate(median_of(first), median_of(second), spread, same_run, blocks, reason)


def verdict_of(interval: Interval) -> Verdict:
    """Return what the interval of a ratio says."""
    low, high = interval
    return "slower" if low > 1 else "faster" if high < 1 else "no difference"


def _estimate(
    baseline_ns: float, variant_ns: float, spread: Interval | None, is_paired: bool, blocks: int, reason: str
) -> RatioEstimate:
    ratio = variant_ns / baseline_ns
    interval = None if spread is None else (ratio * spread[0], ratio * spread[1])
    return RatioEstimate(
        baseline_median_us=baseline_ns / 1e3,
        variant_median_us=variant_ns / 1e3,
        ratio=ratio,
        interval_95=interval,
        verdict=None if interval is None else verdict_of(interval),
        is_paired=is_paired,
        blocks=blocks,
        reason=reason,
    )


def _spread(first: Blocks, second: Blocks, are_paired: bool) -> tuple[Interval | None, str]:
    """Return the interval of the ratio over the ratio itself, or None and why there is none."""
    blocks = min(len(first), len(second))
    if blocks < MINIMUM_BLOCKS:
        return None, _too_few(blocks, are_paired)
    first, second = first.joined(_MOST_BLOCKS), second.joined(_MOST_BLOCKS)
    draws = _weights(len(first), 0), _weights(len(second), 0 if are_paired else 1)
    outside = tail(min(len(first), len(second)))
    # Medians of resamples are steps; the median itself may lie between two of them.
    ratio = median_of(second) / median_of(first)
    ends = [ratio]
    for are_even in (False, True):
        before, after = (
            resampled_medians(blocks, weights, are_even)
            for blocks, weights in zip((first, second), draws, strict=True)
        )
        ends += np.quantile(after / before, [outside, 1 - outside]).tolist()
    return (min(ends) / ratio, max(ends) / ratio), ""


@lru_cache(maxsize=2 * _MOST_BLOCKS)
def _weights(blocks: int, draw: int) -> Weights:
    """Return how often each resample draws each block, shape (RESAMPLES, blocks); always the same."""
    drawn = np.random.default_rng((_SEED, draw)).integers(0, blocks, (RESAMPLES, blocks))
    drawn += blocks * np.arange(RESAMPLES)[:, None]
    counts: NDArray[np.intp] = np.bincount(drawn.ravel(), minlength=RESAMPLES * blocks)
    return counts.reshape(RESAMPLES, blocks).astype(np.float32)


def _too_few(blocks: int, are_paired: bool) -> str:
    if are_paired:
        turns = "turn" if blocks == 1 else "turns"
        return (
            f"Each side had {blocks} {turns} so far, and an interval needs {MINIMUM_BLOCKS}: run for longer."
        )
    steps = "step" if blocks == 1 else "steps"
    return f"One side has {blocks} {steps} alone, and an interval needs {MINIMUM_BLOCKS}."


def _profiled_ratio(baseline: Side, variant: Side) -> RatioEstimate | None:
    """Return the ratio of mean profiled steps; how much steps vary, their ranges tell."""
    walls = baseline.summary.breakdown, variant.summary.breakdown
    if walls[0] is None or walls[1] is None or not walls[0].wall_us or not walls[1].wall_us:
        return None
    first, second = (even_blocks(_profiled_ns(side.steps)) for side in (baseline, variant))
    spread, reason = _spread(first, second, are_paired=False)
    steps = min(len(first.durations_ns), len(second.durations_ns))
    return _estimate(walls[0].wall_us * 1e3, walls[1].wall_us * 1e3, spread, False, steps, reason)


def _profiled_ns(steps: StepTable) -> NDArray[np.int64]:
    durations_ns: NDArray[np.int64] = steps.duration_ns[(steps.flags & StepFlag.PROFILED) != 0]
    return durations_ns
