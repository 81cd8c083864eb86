"""The experiments of a sweep, one for each value."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.experiment.checks import check_runnable
from engine.experiment.experiment import Experiment
from engine.experiment.sweep import Sweep, SweepValue
from engine.experiment.sweep_checks import check_sweep
from engine.experiment.sweep_parameter import SweepParameter
from engine.wire.problem import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPoint:
    """One value of a sweep, and the experiment that it makes."""

    index: int
    value: SweepValue
    experiment: Experiment


def points(experiment: Experiment, sweep: Sweep) -> tuple[SweepPoint, ...]:
    """Return a point for each value, in order.

    Raises `ProblemError` if the sweep is not valid, or nothing of the experiment would change.
    """
    parameter = check_sweep(sweep)
    _check_own_settings(experiment, parameter)
    found = [parameter.apply(replace(experiment, sweep=None), value) for value in sweep.values]
    for value, changed in zip(sweep.values, found, strict=True):
        _check(changed, f"{sweep.parameter}={value}")
    return tuple(
        SweepPoint(index=index, value=value, experiment=_for_seconds(changed, sweep.seconds))
        for index, (value, changed) in enumerate(zip(sweep.values, found, strict=True))
    )


def _check_own_settings(experiment: Experiment, parameter: SweepParameter) -> None:
    variants = experiment.variants if parameter.override else ()
    own = [v.name for v in variants if getattr(v.overrides, parameter.override) is not None]
    if own and len(own) == len(variants):
        raise ProblemError(
            f"A sweep over {parameter.name} would change nothing: every variant has its own.",
            hint=f"Take the {parameter.name} of {own[0]!r} back to that of the plan.",
        )


def _check(experiment: Experiment, where: str) -> None:
    try:
        check_runnable(experiment)
    except ProblemError as error:
        place = f"{where}: {error.problem.where}"
        raise ProblemError(error.problem.what, place, error.problem.hint) from None


def _for_seconds(experiment: Experiment, seconds: float | None) -> Experiment:
    if seconds is None:
        return experiment
    plan = replace(experiment.plan, seconds=seconds, steps=None, until_stable=False)
    return replace(experiment, plan=plan)
