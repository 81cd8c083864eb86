"""How long a run measures: steps, seconds, or until the medians are known well enough."""

from __future__ import annotations

from math import sqrt
from typing import Any, Sequence

from engine.worker.run.subject import Subject

DEFAULT_SECONDS = 5.0
STABLE_WITHIN = 0.01
STABLE_MINIMUM_STEPS = 50
STABLE_MINIMUM_SECONDS = 1.0
STABLE_MAXIMUM_SECONDS = 60.0


class Length:
    """Tells when the run has measured enough, and how far it is."""

    def __init__(self, plan: dict[str, Any], variants: int) -> None:
        self.steps: int | None = plan["steps"]
        self.until_stable: bool = plan["until_stable"]
        seconds = plan["seconds"]
        self.seconds: float | None = (
            seconds if seconds or self.steps or self.until_stable else DEFAULT_SECONDS
        )
        self._durations: list[list[int]] = [[] for _ in range(variants)]
        self._checked_at = 0
        self._stable = False

    def add(self, variant: int, durations_ns: Sequence[int]) -> None:
        """Take bare step times into account."""
        if self.until_stable:
            self._durations[variant].extend(durations_ns)

    def wanted(self, subject: Subject, proposed: int) -> int:
        """Return how many of ``proposed`` steps this variant should still take."""
        return proposed if self.steps is None else min(proposed, self.steps - subject.bare_steps)

    def is_reached(self, subjects: Sequence[Subject], elapsed_s: float) -> bool:
        """Whether the run has measured enough."""
        if self.steps is not None:
            return all(subject.bare_steps >= self.steps for subject in subjects)
        if any(subject.bare_steps == 0 for subject in subjects):
            return False
        if self.seconds is not None:
            return elapsed_s >= self.seconds
        return elapsed_s >= STABLE_MAXIMUM_SECONDS or (
            elapsed_s >= STABLE_MINIMUM_SECONDS and self._is_stable()
        )

    def fraction(self, subjects: Sequence[Subject], elapsed_s: float) -> float | None:
        """Return how far the run is, 0 … 1; None if that can't be known."""
        if self.steps is not None:
            return sum(subject.bare_steps for subject in subjects) / max(1, self.steps * len(subjects))
        return min(1.0, elapsed_s / self.seconds) if self.seconds else None

    def _is_stable(self) -> bool:
        count = sum(map(len, self._durations))
        # Sorting is not free: look again only when there are a fifth more steps.
        if count > self._checked_at * 1.2:
            self._checked_at = count
            self._stable = all(median_is_known(durations) for durations in self._durations)
        return self._stable


def median_is_known(durations_ns: Sequence[int]) -> bool:
    """Whether the 95 % interval of the median lies within ±1 % of it.

    The interval is the distribution-free one from order statistics: ranks n/2 ± 0.98·√n.
    """
    count = len(durations_ns)
    if count < STABLE_MINIMUM_STEPS:
        return False
    ordered = sorted(durations_ns)
    reach = 0.98 * sqrt(count)
    low, high = ordered[int(count / 2 - reach)], ordered[min(count - 1, int(count / 2 + reach) + 1)]
    return high - low <= 2 * STABLE_WITHIN * ordered[count // 2]
