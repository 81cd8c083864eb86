"""The 95 % interval of a median step time, as both ends of the pipe find it: a block bootstrap.

Steps are no independent draws: those of one turn share clocks, caches and neighbours. So whole
stretches of the run are drawn anew, not single steps (Künsch 1989, "The jackknife and the bootstrap
for general stationary observations"). At most `BLOCKS` of them, as long as can be: more than 30
gain nothing (Schmeiser 1982, "Batch size effects in the analysis of simulation output"). The
percentiles are widened for so few blocks (Hesterberg 2015, "What teachers should know about the
bootstrap", section 5.3).

The median of a resample is at most x where its blocks hold at least as many steps up to x as above.
So no resample is ever built: the blocks' counts up to x, weighted by how often each block was drawn,
tell the share of resamples whose median is at most x, and a search finds the x of a given share.
The draws are the same in the worker and the app, which multiply with what each of them has.
"""

from __future__ import annotations

import random
from array import array
from functools import lru_cache
from math import sqrt
from statistics import NormalDist
from typing import Callable

BLOCKS = 20
RESAMPLES = 2000
# Of five steps not even the range covers the median 95 times in 100: 1 - 2 / 2**5.
MINIMUM_STEPS = 6
CONFIDENCE = 0.95
# "Known well enough": the whole interval within this share of the median.
STABLE_WITHIN = 0.01
_SEED = 20_130


def block_edges(count: int) -> list[int]:
    """Return the bounds of the blocks of ``count`` steps, 0 … ``count``; they differ by one step at most."""
    blocks = max(1, min(BLOCKS, count))
    return [number * count // blocks for number in range(blocks + 1)]


@lru_cache(maxsize=2 * BLOCKS)
def draws(blocks: int) -> array[float]:
    """Return how often each resample draws each block: `RESAMPLES` × ``blocks``, row by row."""
    generator = random.Random(_SEED)
    counts = array("d", bytes(8 * RESAMPLES * blocks))
    for resample in range(RESAMPLES):
        for block in generator.choices(range(blocks), k=blocks):
            counts[resample * blocks + block] += 1
    return counts


def tail(blocks: int) -> float:
    """Return the share of resamples to leave out on either side, so that 95 % are really covered.

    The spread of ``blocks`` draws is too small by √((n - 1) / n), and unknown itself: Student's t,
    by its expansion in 1 / n (Abramowitz and Stegun, 26.7.5), stands in for the normal quantile.
    """
    z, freedom = NormalDist().inv_cdf((1 + CONFIDENCE) / 2), blocks - 1
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    return NormalDist().cdf(-t * sqrt(blocks / freedom))


def interval_of(least: int, most: int, blocks: int, share_up_to: Callable[[int], float]) -> tuple[int, int]:
    """Return the interval's ends, both of them durations of steps: shares change nowhere else.

    ``least`` and ``most`` are the shortest and the longest step. ``share_up_to(x)``: the share of
    resamples, 0 … 1, whose median is at most x.
    """
    outside = tail(blocks)
    low = first_that(least, most, lambda value: share_up_to(value) > outside)
    return low, first_that(low, most, lambda value: share_up_to(value) >= 1 - outside)


def first_that(start: int, end: int, holds: Callable[[int], bool]) -> int:
    """Return the first number from ``start`` on for which ``holds``; ``end`` if there is none below."""
    while start < end:
        middle = (start + end) // 2
        if holds(middle):
            end = middle
        else:
            start = middle + 1
    return start


def reach(median: float, low: float, high: float) -> float | None:
    """Return how far the interval reaches from the median at most, as a share of it: 0.01 is ±1 %."""
    return max(high - median, median - low) / median if median > 0 else None
