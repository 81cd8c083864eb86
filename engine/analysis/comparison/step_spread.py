"""How the step times of two sides are spread: on one scale, and pair by pair over the run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.comparison.blocks import Blocks, paired_blocks
from engine.analysis.comparison.side import Side
from engine.analysis.step_blocks import middle
from engine.trace.step_table import StepTable

Floats = NDArray[np.float64]

MOST_BINS = 40
MOST_PAIRS = 400
# Outliers can be a thousand times longer: they are counted in the last bin, and leave the others their room.
_SHOWN_QUANTILE = 0.99
_MOST_MEDIANS = 3.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StepSpread:
    """The bare step times of two sides, for charts.

    ``edges_us``, shape (bins + 1,), bound the bins of both; ``*_share``, shape (bins,), 0 … 1, is the part of
    that side's steps in each and sums to 1: the last bin also holds what is longer, if ``is_cut``.

    ``pair_time_s`` (since the first pair's start), ``pair_baseline_us`` and ``pair_variant_us`` (medians),
    shape (pairs,), are stretches of the run in which the two ran one after the other; none where they ran
    in different runs. Of many pairs, neighbours are merged.
    """

    baseline: str
    variant: str
    edges_us: Floats
    baseline_share: Floats
    variant_share: Floats
    is_cut: bool
    pair_time_s: Floats
    pair_baseline_us: Floats
    pair_variant_us: Floats

    @property
    def pair_ratio(self) -> Floats:
        """The variant's median over the baseline's, by pair."""
        return self.pair_variant_us / self.pair_baseline_us


def step_spread(baseline: Side, variant: Side, is_same_run: bool) -> StepSpread | None:
    """Return the spread of two sides; None unless both have bare steps."""
    first, second = baseline.steps.bare(), variant.steps.bare()
    if not len(first) or not len(second):
        return None
    edges, is_cut = _edges_us(first.duration_ns / 1e3, second.duration_ns / 1e3)
    times, baseline_us, variant_us = _pairs(first, second) if is_same_run else (np.empty(0),) * 3
    return StepSpread(
        baseline=baseline.name,
        variant=variant.name,
        edges_us=edges,
        baseline_share=_shares(first.duration_ns / 1e3, edges),
        variant_share=_shares(second.duration_ns / 1e3, edges),
        is_cut=is_cut,
        pair_time_s=times,
        pair_baseline_us=baseline_us,
        pair_variant_us=variant_us,
    )


def _edges_us(first: Floats, second: Floats) -> tuple[Floats, bool]:
    low = float(min(first.min(), second.min()))
    high = max(_crowd_end(first), _crowd_end(second))
    if high <= low:
        high = low * 1.01 + 1e-3
    # Edges at round numbers: they must not creep while a run goes on.
    bins = min(MOST_BINS, 10 + int(min(len(first), len(second)) ** 0.5))
    width = _round_down((high - low) / bins)
    edges = np.arange(np.floor(low / width), np.ceil(high / width) + 1) * width
    return edges, bool(max(first.max(), second.max()) > edges[-1])


def _round_down(width: float) -> float:
    """Return the last of 1, 2, 5, 10, … up to a width."""
    power = 10.0 ** np.floor(np.log10(width))
    return float(next(step * power for step in (5, 2, 1) if step * power <= width * (1 + 1e-9)))


def _crowd_end(durations_us: Floats) -> float:
    most = _MOST_MEDIANS * float(np.median(durations_us))
    return min(float(np.quantile(durations_us, _SHOWN_QUANTILE)), most)


def _shares(durations_us: Floats, edges_us: Floats) -> Floats:
    counts, _ = np.histogram(np.clip(durations_us, edges_us[0], edges_us[-1]), edges_us)
    return np.asarray(counts / len(durations_us), np.float64)


def _pairs(first: StepTable, second: StepTable) -> tuple[Floats, Floats, Floats]:
    """Return time, and both medians, of each pair; ``first`` and ``second`` are bare steps."""
    ours, theirs = (blocks.joined(MOST_PAIRS) for blocks in paired_blocks(first, second))
    starts_ns = first.start_ns[ours.edges[:-1]]
    return (starts_ns - starts_ns[0]) / 1e9, _medians_us(ours), _medians_us(theirs)


def _medians_us(blocks: Blocks) -> Floats:
    return np.array([middle(block) / 1e3 for block in blocks.in_order()])
