"""The request to stop, as the run's loop sees it."""

from __future__ import annotations


class StopSignal:
    """A flag that one thread sets and another reads in a hot loop: a bare attribute, no lock."""

    __slots__ = ("is_set",)

    def __init__(self) -> None:
        self.is_set = False

    def set(self) -> None:
        """Ask the run to end after the current step."""
        self.is_set = True
