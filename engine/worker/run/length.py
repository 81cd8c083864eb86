"""How long a run measures: steps, seconds, or until the medians are known well enough."""

from __future__ import annotations

from array import array
from typing import Any, Sequence

from engine.wire.median_interval import STABLE_WITHIN
from engine.wire.problem import Problem
from engine.worker.run.median_interval import interval_share
from engine.worker.run.subject import Subject

DEFAULT_SECONDS = 5.0
STABLE_MINIMUM_STEPS = 50
STABLE_MINIMUM_SECONDS = 1.0
STABLE_MAXIMUM_SECONDS = 60.0


class Length:
    """Tells when the run has measured enough, and how far it is.

    "Until stable" ends when the 95 % interval of every variant's median, the one that the report
    shows, lies within ±1 % of it; at the latest after a minute.
    """

    def __init__(self, plan: dict[str, Any], variants: int) -> None:
        self.steps: int | None = plan["steps"]
        self.until_stable: bool = plan["until_stable"]
        seconds = plan["seconds"]
        self.seconds: float | None = (
            seconds if seconds or self.steps or self.until_stable else DEFAULT_SECONDS
        )
        self._durations: list[array[int]] = [array("q") for _ in range(variants)]
        self._shares: list[float | None] = [None] * variants
        self._checked_at = 0

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

    def given_up(self, subjects: Sequence[Subject]) -> list[Problem]:
        """Return a problem for each variant whose median is not known as well as was asked for."""
        if not self.until_stable:
            return []
        self._look()
        return [
            _not_stable(subject.name, share)
            for subject, share in zip(subjects, self._shares, strict=True)
            if not _is_known(share)
        ]

    def _is_stable(self) -> bool:
        count = sum(map(len, self._durations))
        # Sorting is not free: look again only when there are a fifth more steps.
        if count > self._checked_at * 1.2:
            self._checked_at = count
            self._look()
        return all(map(_is_known, self._shares))

    def _look(self) -> None:
        self._shares = [
            interval_share(durations) if len(durations) >= STABLE_MINIMUM_STEPS else None
            for durations in self._durations
        ]


def _is_known(share: float | None) -> bool:
    return share is not None and share <= STABLE_WITHIN


def _not_stable(name: str, share: float | None) -> Problem:
    known = (
        f"it took fewer than {STABLE_MINIMUM_STEPS} steps"
        if share is None
        else f"its median is known within ±{100 * share:.1f} %, not ±{100 * STABLE_WITHIN:.0f} %"
    )
    return Problem(
        f"The step time was not stable after {STABLE_MAXIMUM_SECONDS:.0f} s, where the run gave up: {known}.",
        where=name,
        hint="Close other programs or use fewer threads, or ask for a fixed number of steps.",
    )
