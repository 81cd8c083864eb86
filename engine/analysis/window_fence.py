"""Which windows stand for the steps, and which were interrupted."""

from __future__ import annotations

from collections import deque
from statistics import median_low

# Profiled steps of one kind differ by tens of percent; one that waited for another process's turn
# on its core takes 10 to 1,000 times as long.
FENCE = 3.0
REMEMBERED = 101


class WindowFence:
    """Compares a window's time per step with the median of the latest windows."""

    def __init__(self) -> None:
        self._known: deque[float] = deque(maxlen=REMEMBERED)

    def add(self, per_step_ns: float) -> None:
        """Take a window into the median."""
        self._known.append(per_step_ns)

    def admits(self, per_step_ns: float) -> bool:
        """Whether a window of this time per step stands for the others: at most three times the median."""
        return not self._known or per_step_ns <= FENCE * median_low(self._known)
