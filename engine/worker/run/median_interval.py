"""The interval of a median step time with what a worker has: the very numbers that the report shows."""

from __future__ import annotations

from array import array
from itertools import pairwise

import torch
from torch import Tensor

from engine.wire.median_interval import (
    MINIMUM_STEPS,
    RESAMPLES,
    block_edges,
    draws,
    first_that,
    interval_of,
    reach,
)


def median_and_interval(durations_ns: array[int]) -> tuple[float, int, int] | None:
    """Return the median and both ends of its 95 % interval, in ns; None for too few steps.

    ``durations_ns``: int64, in order of time. See `engine.wire.median_interval` for the method.
    """
    count = len(durations_ns)
    if count < MINIMUM_STEPS:
        return None
    column = torch.frombuffer(durations_ns, dtype=torch.int64)
    blocks = [column[first:last].sort().values for first, last in pairwise(block_edges(count))]
    half = torch.tensor([len(block) / 2 for block in blocks], dtype=torch.float64, device="cpu")
    weights = torch.frombuffer(draws(len(blocks)), dtype=torch.float64).view(RESAMPLES, len(blocks))

    def ranks(value: int) -> Tensor:
        return torch.stack([torch.searchsorted(block, value, right=True) for block in blocks])

    def share_up_to(value: int) -> float:
        return int((weights @ (ranks(value) - half) >= 0).sum()) / RESAMPLES

    def value_at(rank: int) -> int:
        return first_that(least, most, lambda value: int(ranks(value).sum()) > rank)

    least, most = int(column.min()), int(column.max())
    median = (value_at((count - 1) // 2) + value_at(count // 2)) / 2
    return (median, *interval_of(least, most, len(blocks), share_up_to))


def interval_share(durations_ns: array[int]) -> float | None:
    """Return how far the interval reaches from the median at most, as a share; None for too few steps."""
    found = median_and_interval(durations_ns)
    return None if found is None else reach(*found)
