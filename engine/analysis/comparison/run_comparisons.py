"""All comparisons of a run: each variant against the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.results import Comparison
from engine.analysis.comparison.side import Side
from engine.analysis.results import RunSummary
from engine.experiment.experiment import Experiment
from engine.trace.built_model import BuiltModel
from engine.trace.memory_sample import TelemetrySample
from engine.trace.same_work import SameWork
from engine.trace.step_table import StepTable


class ComparedRun(Protocol):
    """What comparing needs of a recording."""

    experiment: Experiment

    @property
    def environment(self) -> Mapping[str, Any]: ...
    @property
    def models(self) -> Sequence[BuiltModel]: ...
    def steps(self) -> StepTable: ...
    def telemetry(self) -> Sequence[TelemetrySample]: ...


class EqualityTestedRun(ComparedRun, Protocol):
    """A recording that also knows whether its variants do the same work."""

    def same_work(self) -> Sequence[SameWork]: ...


def run_comparisons(
    run: EqualityTestedRun, summary: RunSummary, baseline: int | None = None
) -> tuple[Comparison, ...]:
    """Return a comparison of every other variant with the baseline, in the experiment's order.

    ``baseline`` None is the one that the experiment names, or its first. Nothing for fewer than two.
    """
    sides = sides_of(run, summary)
    number = baseline_of(run.experiment) if baseline is None else baseline
    if not 0 <= number < len(sides):
        return ()
    found = {(same.baseline, same.variant): same for same in run.same_work()}
    return tuple(
        compare_sides(sides[number], side, found.get((number, other)), same_run=True)
        for other, side in enumerate(sides)
        if other != number
    )


def sides_of(run: ComparedRun, summary: RunSummary) -> tuple[Side, ...]:
    """Return the variants that were built, each as one side of a comparison."""
    steps, experiment = run.steps(), run.experiment
    is_trace = "trace" in run.environment
    return tuple(
        Side(
            name=experiment.variants[number].name or found.name,
            summary=found,
            steps=steps.of_variant(number),
            model=run.models[number],
            plan=None if is_trace else experiment.plan,
            overrides=experiment.variants[number].overrides,
            inputs=experiment.inputs,
            environment=run.environment,
            telemetry=run.telemetry(),
            is_trace=is_trace,
        )
        for number, found in enumerate(summary.variants)
    )


def baseline_of(experiment: Experiment) -> int:
    """Return the number of the variant that the others are compared with."""
    names = [variant.name for variant in experiment.variants]
    wanted = experiment.comparison.baseline
    return names.index(wanted) if wanted in names else 0
