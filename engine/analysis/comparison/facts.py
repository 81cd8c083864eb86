"""A sentence about a difference, and how telling it is."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.comparison.difference import Difference
from engine.analysis.comparison.phrases import quoted
from engine.analysis.comparison.side import Side

# A part of less than this share of the difference is no reason for it.
TELLING = 0.2


@dataclass(frozen=True, slots=True)
class Fact:
    """``weight``: about the share of the difference that the sentence accounts for."""

    weight: float
    text: str


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Both sides and their difference, for those who look for facts in it."""

    baseline: Side
    variant: Side
    found: Difference

    @property
    def names(self) -> tuple[str, str]:
        """Both sides' names as sentences have them; alike ones are told apart."""
        if self.baseline.name == self.variant.name:
            return "the baseline", "the variant"
        return quoted(self.baseline.name), quoted(self.variant.name)

    def share(self, us: float) -> float:
        """Return how much of the difference a change is: 1 is all of it, below 0 it goes against it."""
        delta_us = self.found.delta_us
        return us / delta_us if delta_us else 0.0
