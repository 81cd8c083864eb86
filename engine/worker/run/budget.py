"""The budget: profile windows may cost a run no more than a given share of its time."""

from __future__ import annotations

# More windows a second than this serve nobody: charts redraw 30 times a second and average anyway.
MINIMUM_SPACING_NS = 50_000_000


class Budget:
    """Spaces the windows of a run. All times are monotonic nanoseconds, given by the caller.

    ``percent`` of the time since `start` may be spent on what a bare run would not have done.
    """

    def __init__(self, percent: float) -> None:
        self._share = percent / 100.0
        self._start_ns = 0
        self._last_end_ns: int | None = None
        self.spent_ns = 0

    @property
    def is_any(self) -> bool:
        """Whether windows may open at all."""
        return self._share > 0

    def start(self, now_ns: int) -> None:
        """Begin to count: measuring starts now."""
        self._start_ns = now_ns

    def allows(self, now_ns: int, expected_overhead_ns: int, window_ns: int) -> bool:
        """Whether a window may open now. ``window_ns`` is how long it takes in all."""
        if self._last_end_ns is not None and now_ns - self._last_end_ns < MINIMUM_SPACING_NS:
            return False
        elapsed_ns = now_ns + window_ns - self._start_ns
        return self.spent_ns + expected_overhead_ns <= self._share * elapsed_ns

    def spend(self, now_ns: int, overhead_ns: int) -> None:
        """Book a window that ended now."""
        self.spent_ns += max(0, overhead_ns)
        self._last_end_ns = now_ns

    def share(self, now_ns: int) -> float:
        """The share of the time since `start` that windows have cost, 0 … 1."""
        return self.spent_ns / max(1, now_ns - self._start_ns)
