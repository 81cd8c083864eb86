"""Coverage: the union of intervals, and how much of a stretch of time it covers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """Disjoint stretches in order of time: where at least one interval is; shape (G,), whole ns.

    ``covered_ns`` is what the stretches before each one cover together.
    """

    start_ns: Times
    end_ns: Times
    covered_ns: Times

    @classmethod
    def of(cls, start_ns: Times, end_ns: Times) -> Coverage:
        """Return the union of intervals in any order; they may overlap or touch."""
        # Stable: most callers have them in order, and then this sort is one pass.
        order = np.argsort(start_ns, kind="stable")
        start, end = start_ns[order], np.maximum.accumulate(end_ns[order])
        is_first = np.ones(len(start), np.bool_)
        is_first[1:] = start[1:] > end[:-1]
        first = np.flatnonzero(is_first)
        last = np.append(first[1:], len(start))[: len(first)] - 1
        start, end = start[first], end[last]
        length = end - start
        return cls(start, end, np.cumsum(length) - length)

    def within(self, start_ns: Times, end_ns: Times) -> Times:
        """Return how much of each stretch from a start to its end is covered; shape as given."""
        return self._covered_until(end_ns) - self._covered_until(start_ns)

    def gaps(self) -> tuple[Times, Times]:
        """Return start and end of the time between the stretches, shape (G - 1,)."""
        return self.end_ns[:-1], self.start_ns[1:]

    def _covered_until(self, time_ns: Times) -> Times:
        if not len(self.start_ns):
            return np.zeros(len(time_ns), np.int64)
        place = np.searchsorted(self.start_ns, time_ns, side="right") - 1
        at = np.maximum(place, 0)
        inside = np.minimum(time_ns, self.end_ns[at]) - self.start_ns[at]
        covered: Times = np.where(place >= 0, self.covered_ns[at] + inside, 0)
        return covered
