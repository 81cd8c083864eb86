"""LongWork: how opening and exporting tell how far they are, and how they are called off."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


class WorkCancelledError(Exception):
    """The person pressed Cancel; nothing is left behind."""


@dataclass(frozen=True)
class LongWork:
    """``progress`` is told fractions from 0 to 1; ``is_cancelled`` is asked just as often.

    Both are called on the thread that works, some tens of times a second at most.
    """

    progress: Callable[[float], None] | None = None
    is_cancelled: Callable[[], bool] | None = None

    def report(self, fraction: float) -> None:
        """Say how far it is. Raises `WorkCancelledError` if it is not wanted any more."""
        if self.is_cancelled is not None and self.is_cancelled():
            raise WorkCancelledError
        if self.progress is not None:
            self.progress(min(1.0, fraction))

    def part(self, start: float, end: float) -> LongWork:
        """Return work whose 0 … 1 is ``start`` … ``end`` of this one."""
        if self.progress is None:
            return self
        whole = self.progress
        return LongWork(lambda fraction: whole(start + (end - start) * fraction), self.is_cancelled)


UNWATCHED = LongWork()
