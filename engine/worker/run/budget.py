"""The budget: measuring may cost a run no more than a given share of its time."""

from __future__ import annotations

# More windows a second than this serve nobody: charts redraw 30 times a second and average anyway.
MINIMUM_SPACING_NS = 50_000_000
# Kept back for what can't be told from bare steps: after a window the caches hold the profiler's data, and
# the next few steps are up to twice as long (half a millisecond in all, where a window takes five).
RESERVE = 0.1


class Budget:
    """Spaces the windows of a run. All times are monotonic nanoseconds, given by the caller.

    ``percent`` of the time since `start` may be spent on what a bare run would not have done: windows,
    and sending and keeping account of what was measured. It is what `credit` has not been told of.
    """

    def __init__(self, percent: float) -> None:
        self._share = (1 - RESERVE) * percent / 100.0
        self._start_ns = 0
        self._bare_ns = 0
        self._last_end_ns: int | None = None

    @property
    def is_any(self) -> bool:
        """Whether windows may open at all."""
        return self._share > 0

    def start(self, now_ns: int) -> None:
        """Begin to count: measuring starts now."""
        self._start_ns = now_ns

    def credit(self, bare_ns: int) -> None:
        """Book time that a bare run would have spent as well."""
        self._bare_ns += bare_ns

    def allows(self, now_ns: int, expected_overhead_ns: int, window_ns: int) -> bool:
        """Whether a window may open now. ``window_ns`` is how long it takes in all."""
        if not self.is_any:
            return False
        if self._last_end_ns is not None and now_ns - self._last_end_ns < MINIMUM_SPACING_NS:
            return False
        elapsed_ns = now_ns + window_ns - self._start_ns
        return self.spent_ns(now_ns) + expected_overhead_ns <= self._share * elapsed_ns

    def end_window(self, now_ns: int, bare_ns: int) -> None:
        """Book a window that ended now; a bare run would have taken ``bare_ns`` for its steps."""
        self.credit(bare_ns)
        self._last_end_ns = now_ns

    def spent_ns(self, now_ns: int) -> int:
        """The time since `start` that a bare run would not have spent."""
        return max(0, now_ns - self._start_ns - self._bare_ns)

    def share(self, now_ns: int) -> float:
        """The share of the time since `start` that measuring has cost, 0 … 1."""
        return self.spent_ns(now_ns) / max(1, now_ns - self._start_ns)
