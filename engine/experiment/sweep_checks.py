"""What a sweep must hold to, whatever the experiment."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.experiment.sweep import Sweep, SweepValue
from engine.experiment.sweep_parameter import SweepParameter, sweep_parameter
from engine.wire.problem import ProblemError

MAX_POINTS = 100


def check_sweep(sweep: Sweep) -> SweepParameter:
    """Return a sweep's parameter. Raises `ProblemError` if the values are not its own."""
    parameter = sweep_parameter(sweep.parameter)
    if not sweep.values:
        raise ProblemError(f"The sweep over {parameter.name} has no values.", hint=_hint(parameter))
    if len(sweep.values) > MAX_POINTS:
        raise ProblemError(
            f"A sweep of {len(sweep.values)} points is too long.", hint=f"Name at most {MAX_POINTS} values."
        )
    for value in sweep.values:
        _check_value(value, parameter)
    twice = next(_repeated(sweep.values), None)
    if twice is not None:
        raise ProblemError(f"{twice} stands twice in the sweep.", hint="Name each value once.")
    if sweep.seconds is not None and not 0 < sweep.seconds < float("inf"):
        raise ProblemError(f"A point can't last {sweep.seconds} seconds.", hint="Write a number above 0.")
    return parameter


def _check_value(value: SweepValue, parameter: SweepParameter) -> None:
    if parameter.least is not None:
        # A bool is an int to Python, and true is no size.
        holds = isinstance(value, int) and not isinstance(value, bool) and value >= parameter.least
    else:
        holds = isinstance(value, str) and bool(value) and value in (parameter.choices or (value,))
    if not holds:
        raise ProblemError(f"{value!r} is no value of {parameter.name}.", hint=_hint(parameter))


def _hint(parameter: SweepParameter) -> str:
    if parameter.least is not None:
        return f"Write whole numbers from {parameter.least} on, such as 1..1024 or 16,32,48."
    if parameter.choices:
        return f"Choose from: {', '.join(parameter.choices)}."
    return "Write devices, such as cpu,cuda:0."


def _repeated(values: Iterable[SweepValue]) -> Iterator[SweepValue]:
    seen: set[SweepValue] = set()
    for value in values:
        if value in seen:
            yield value
        seen.add(value)
