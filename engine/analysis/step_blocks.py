"""Step times in blocks: sorted once, for percentiles, the median's interval and the drift."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from engine.wire.median_interval import MINIMUM_STEPS, RESAMPLES, block_edges, draws, interval_of

_INT32_MAX = 2**31 - 1


class StepBlocks:
    """The durations of one variant's timed steps, in order of time: ns, shape (N,), N > 0."""

    def __init__(self, durations_ns: NDArray[np.int64]) -> None:
        # Half the bytes sort in half the time, and few steps take over two seconds.
        fits = len(durations_ns) == 0 or durations_ns.max() <= _INT32_MAX
        self._durations = durations_ns.astype(np.int32) if fits else durations_ns
        self.edges = block_edges(len(durations_ns))

    @cached_property
    def ordered(self) -> NDArray[np.integer]:
        """All durations, ascending."""
        return np.sort(np.concatenate(self.blocks))

    @cached_property
    def blocks(self) -> list[NDArray[np.integer]]:
        """The durations of each stretch of the run, ascending."""
        pairs = zip(self.edges[:-1], self.edges[1:], strict=True)
        return [np.sort(self._durations[first:last]) for first, last in pairs]

    @cached_property
    def medians_ns(self) -> NDArray[np.float64]:
        """The median of each block."""
        return np.array([middle(block) for block in self.blocks])

    def median_interval_ns(self) -> tuple[int, int] | None:
        """Return the 95 % interval of the median; None for too few steps (`engine.wire.median_interval`)."""
        count = len(self._durations)
        if count < MINIMUM_STEPS:
            return None
        blocks, ordered = self.blocks, self.ordered
        weights = np.frombuffer(draws(len(blocks))).reshape(RESAMPLES, len(blocks))
        half = np.diff(self.edges) / 2

        def share_up_to(value: int) -> float:
            # In the column's own type: numpy would convert the whole of it otherwise.
            limit = ordered.dtype.type(value)
            surplus = np.array([block.searchsorted(limit, "right") for block in blocks]) - half
            return float(np.count_nonzero(weights @ surplus >= 0)) / RESAMPLES

        return interval_of(int(ordered[0]), int(ordered[-1]), len(blocks), share_up_to)


def middle(ordered: NDArray[np.integer]) -> float:
    """Return the median of sorted values: the mean of the middle two if their number is even."""
    count = len(ordered)
    return (int(ordered[(count - 1) // 2]) + int(ordered[count // 2])) / 2
