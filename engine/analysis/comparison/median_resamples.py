"""The medians of resamples that are made of whole blocks, without building any resample.

A resample's median is the first duration up to which its blocks hold at least half of their steps. So the
blocks' counts up to each of some durations, weighted by how often each block was drawn, tell all
medians in one matrix product. Those durations are steps that were measured, evenly spread by rank between the
least and the greatest of the blocks' medians: no resample's median lies outside.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.analysis.comparison.blocks import Blocks
from engine.analysis.step_blocks import middle

GRID = 512

Weights = NDArray[np.float32]


def median_of(blocks: Blocks) -> float:
    """Return the median of all steps, ns."""
    count = len(blocks.durations_ns)
    ranks = sorted({(count - 1) // 2, count // 2})
    return float(np.partition(blocks.durations_ns, ranks)[ranks].mean())


def resampled_medians(blocks: Blocks, weights: Weights, are_even: bool = False) -> NDArray[np.float64]:
    """Return the median of each resample, ns, shape (R,).

    ``weights``, shape (R, blocks): how often each resample draws each block. ``are_even``: every block
    counts as much as any other, however many steps it has.
    """
    ordered = blocks.in_order()
    grid = _grid(ordered)
    # In steps beyond half of each block's, so that a sum of them changes its sign at the median.
    surplus = np.stack([block.searchsorted(grid, "right") - len(block) / 2 for block in ordered])
    if are_even:
        surplus /= np.diff(blocks.edges)[:, None]
    below = np.count_nonzero(weights @ surplus.astype(np.float32) < 0, axis=1)
    medians: NDArray[np.float64] = grid[np.minimum(below, len(grid) - 1)].astype(np.float64)
    return medians


def _grid(ordered: list[NDArray[np.integer]]) -> NDArray[np.integer]:
    medians = [middle(block) for block in ordered]
    low, high = np.floor(min(medians)), np.ceil(max(medians))
    cut = [block[block.searchsorted(low) : block.searchsorted(high, "right")] for block in ordered]
    between = np.sort(np.concatenate(cut))
    if not len(between):
        # Each block's middle lies between two steps, and none of theirs does.
        return np.array([low, high]).astype(ordered[0].dtype)
    if len(between) <= GRID:
        return between
    grid: NDArray[np.integer] = between[np.linspace(0, len(between) - 1, GRID).astype(np.int64)]
    return grid
