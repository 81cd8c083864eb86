"""How long a sweep still takes, told by the points that have ended."""

from __future__ import annotations

from collections.abc import Callable


class SweepPace:
    """``clock`` is in seconds. The next points are expected to take what those before took on average."""

    def __init__(self, count: int, clock: Callable[[], float]) -> None:
        self._count = count
        self._clock = clock
        self._begun_s = clock()
        self._taken_s: list[float] = []

    def begin_point(self) -> None:
        """A point begins."""
        self._begun_s = self._clock()

    def end_point(self) -> None:
        """It has ended, well or not."""
        self._taken_s.append(self._clock() - self._begun_s)

    def seconds_left(self, number: int) -> float | None:
        """Return what is left of the sweep while point ``number`` runs; None before any has ended."""
        if not self._taken_s:
            return None
        each = sum(self._taken_s) / len(self._taken_s)
        this = max(0.0, each - (self._clock() - self._begun_s))
        return this + each * (self._count - number - 1)
