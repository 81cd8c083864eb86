"""Sweeps as people write them: ``batch=1..1024``, ``dtype=float32,bfloat16``."""

from __future__ import annotations

import re

from engine.experiment.sweep import DEFAULT_POINT_SECONDS, Sweep, SweepValue
from engine.experiment.sweep_checks import MAX_POINTS, check_sweep
from engine.experiment.sweep_parameter import SweepParameter, sweep_parameter
from engine.wire.problem import ProblemError

_RANGE = re.compile(r"(?P<first>\d+)\s*\.\.\s*(?P<last>\d+)(?:\s*\+\s*(?P<step>\d+))?")
_FORM = "Write parameter=values, such as batch=1..1024, batch=1,2,4,8 or dtype=float32,bfloat16."


def parse_sweep(text: str, seconds: float | None = DEFAULT_POINT_SECONDS) -> Sweep:
    """Return the sweep that a text names. Raises `ProblemError`."""
    name, equals, values = text.partition("=")
    if not equals or not name.strip():
        raise ProblemError(f"{text!r} is no sweep.", hint=_FORM)
    name = name.strip()
    sweep = Sweep(parameter=name, values=parse_values(values, sweep_parameter(name)), seconds=seconds)
    check_sweep(sweep)
    return sweep


def parse_values(text: str, parameter: SweepParameter) -> tuple[SweepValue, ...]:
    """Return the values that a list names, ranges included: ``1..8`` doubles, ``16..64+16`` adds 16.

    The last number of a range is always one of its values. Raises `ProblemError`.
    """
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if parameter.is_number:
        return tuple(value for part in parts for value in _numbers(part, parameter))
    return tuple(parts)


def format_values(values: tuple[SweepValue, ...]) -> str:
    """Return values as a text that `parse_values` reads back: a range that doubles as ``1..1024``."""
    numbers = [value for value in values if isinstance(value, int)]
    if len(numbers) == len(values) > 2 and tuple(_doubling(numbers[0], numbers[-1])) == values:
        return f"{numbers[0]}..{numbers[-1]}"
    return ", ".join(map(str, values))


def _numbers(part: str, parameter: SweepParameter) -> list[int]:
    if part.isascii() and part.isdigit():
        return [int(part)]
    found = _RANGE.fullmatch(part)
    if found is None or not part.isascii():
        hint = "Write a whole number, a range that doubles such as 1..1024, or one of steps: 16..64+16."
        raise ProblemError(f"{part!r} is no value of {parameter.name}.", hint=hint)
    first, last = int(found["first"]), int(found["last"])
    if first > last:
        raise ProblemError(f"The range {part} ends before it begins.", hint=f"Write {last}..{first}.")
    return _adding(first, last, int(found["step"]), part) if found["step"] else _doubling(first, last)


def _doubling(first: int, last: int) -> list[int]:
    values = [0] if first == 0 else []
    value = max(1, first)
    while value < last:
        values.append(value)
        value *= 2
    return [*values, last] if last not in values else values


def _adding(first: int, last: int, step: int, part: str) -> list[int]:
    # Counted before it is made: nobody waits for a list of a billion numbers to be refused.
    if step == 0 or (last - first) // step >= MAX_POINTS:
        raise ProblemError(f"The range {part} has too many values.", hint=f"Name at most {MAX_POINTS}.")
    values = list(range(first, last + 1, step))
    return values if values[-1] == last else [*values, last]
