"""A variant's step time beside what the run before said: what an edit of a layer did."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.results import RunSummary, StepStatistics
from engine.experiment.conditions import without_length
from engine.experiment.experiment import Experiment, Variant


@dataclass(frozen=True, slots=True, kw_only=True)
class StepChange:
    """The medians of the run before and of this one, in µs per step.

    ``is_told_apart``: their 95 % intervals don't overlap. Each is of one process: between processes a
    median moves by some percent by itself, where memory happens to lie.
    """

    before_us: float
    now_us: float
    is_told_apart: bool

    @property
    def share(self) -> float:
        """The change as a share of what it was: -0.12 is 12 % faster."""
        return self.now_us / self.before_us - 1


def step_changes(
    before: tuple[Experiment, RunSummary], now: tuple[Experiment, RunSummary]
) -> tuple[StepChange | None, ...]:
    """Return the change of each variant of ``now``.

    None where the run before had no variant of that name, measured it under other settings or on
    other inputs, or where either has too few steps to know its median.
    """
    known = {variant.name: (variant, steps) for variant, steps in _with_steps(*before)}
    if _conditions(before[0]) != _conditions(now[0]):
        known = {}
    return tuple(_change(known.get(variant.name), variant, steps) for variant, steps in _with_steps(*now))


def _with_steps(experiment: Experiment, summary: RunSummary) -> list[tuple[Variant, StepStatistics | None]]:
    variants = zip(experiment.variants, summary.variants, strict=False)
    return [(variant, found.steps) for variant, found in variants]


def _conditions(experiment: Experiment) -> tuple[object, ...]:
    return (without_length(experiment.plan), experiment.inputs, experiment.interpreter)


def _change(
    before: tuple[Variant, StepStatistics | None] | None, variant: Variant, now: StepStatistics | None
) -> StepChange | None:
    if before is None or before[0].overrides != variant.overrides or before[1] is None or now is None:
        return None
    then = before[1].median_interval_95_us
    interval = now.median_interval_95_us
    if then is None or interval is None or before[1].median_us <= 0:
        return None
    apart = interval[0] > then[1] or interval[1] < then[0]
    return StepChange(before_us=before[1].median_us, now_us=now.median_us, is_told_apart=apart)
