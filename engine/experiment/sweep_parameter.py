"""The parameters a sweep may have: what their values are, and what a value makes of an experiment."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from engine.experiment.experiment import Experiment
from engine.experiment.input_spec import InputSpec
from engine.experiment.run_plan import DTYPES
from engine.experiment.sized_experiment import with_size
from engine.experiment.sweep import SweepValue
from engine.wire.problem import ProblemError

_AXIS = re.compile(r"input\[(\d+)\]\.shape\[(\d+)\]")
_SIZE = re.compile(r"size:(\d+)")
SWITCH = ("off", "on")
_KNOWN = "Write batch, dtype, device, threads, compile, input[0].shape[1], or size:512 for every 512."


@dataclass(frozen=True)
class SweepParameter:
    """``least`` bounds a number's values, ``choices`` are those of a word, empty if it may be any.

    ``apply`` returns the experiment with a value, and raises `ProblemError` where it has no place for it.
    ``override`` names the setting by which a variant may keep a value of its own; empty if none can.
    """

    name: str
    apply: Callable[[Experiment, SweepValue], Experiment]
    least: int | None = None
    choices: tuple[str, ...] = ()
    override: str = ""

    @property
    def is_number(self) -> bool:
        """Whether its values are whole numbers, which have an order and distances."""
        return self.least is not None


def sweep_parameter(name: str) -> SweepParameter:
    """Return the parameter of that name. Raises `ProblemError` if there is none."""
    if (axis := _AXIS.fullmatch(name)) is not None:
        where = int(axis[1]), int(axis[2])
        return SweepParameter(name, lambda experiment, value: _with_axis(experiment, *where, value), least=0)
    if (size := _SIZE.fullmatch(name)) is not None:
        return SweepParameter(
            name, lambda experiment, value: with_size(experiment, int(size[1]), int(value)), 0
        )
    if name not in _PARAMETERS:
        raise ProblemError(f"A sweep can't be over {name!r}.", hint=_KNOWN)
    return _PARAMETERS[name]


def _with_batch(experiment: Experiment, value: SweepValue) -> Experiment:
    if not any(spec.shape for spec in experiment.inputs):
        raise ProblemError("There is no batch to sweep: no input has a size.", hint="Give an input a shape.")
    return replace(experiment, inputs=tuple(_with_first(spec, int(value)) for spec in experiment.inputs))


def _with_first(spec: InputSpec, size: int) -> InputSpec:
    return replace(spec, shape=(size, *spec.shape[1:])) if spec.shape else spec


def _with_axis(experiment: Experiment, number: int, axis: int, value: SweepValue) -> Experiment:
    inputs = experiment.inputs
    if number >= len(inputs):
        raise ProblemError(
            f"There is no input[{number}].", hint=f"Inputs are counted from 0; there are {len(inputs)}."
        )
    shape = inputs[number].shape
    if axis >= len(shape):
        raise ProblemError(
            f"input[{number}] has no shape[{axis}].", hint=f"Sizes are counted from 0; it has {len(shape)}."
        )
    changed = replace(inputs[number], shape=(*shape[:axis], int(value), *shape[axis + 1 :]))
    return replace(experiment, inputs=(*inputs[:number], changed, *inputs[number + 1 :]))


def _of_plan(name: str, read: Callable[[SweepValue], Any] = lambda value: value) -> Any:
    def apply(experiment: Experiment, value: SweepValue) -> Experiment:
        return replace(experiment, plan=replace(experiment.plan, **{name: read(value)}))

    return apply


_PARAMETERS = {
    parameter.name: parameter
    for parameter in (
        SweepParameter("batch", _with_batch, least=0, override="batch"),
        SweepParameter("dtype", _of_plan("dtype"), choices=DTYPES, override="dtype"),
        SweepParameter("device", _of_plan("device"), override="device"),
        SweepParameter("threads", _of_plan("threads"), least=1),
        SweepParameter(
            "compile", _of_plan("compile", lambda value: value == "on"), choices=SWITCH, override="compile"
        ),
    )
}
