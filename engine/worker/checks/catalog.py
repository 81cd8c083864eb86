"""All checks, in the order in which they are made and shown."""

from __future__ import annotations

from difflib import get_close_matches
from typing import Collection, Tuple

from engine.wire.problem import ProblemError
from engine.worker.checks import behaviour, gradients, parameters, precision, saving, speed
from engine.worker.checks.check import Check

CHECKS: Tuple[Check, ...] = (
    *parameters.CHECKS,
    *behaviour.CHECKS,
    *gradients.CHECKS,
    *precision.CHECKS,
    *speed.CHECKS,
    *saving.CHECKS,
)


def chosen_checks(only: Collection[str], skip: Collection[str]) -> Tuple[Check, ...]:
    """Return the checks named in ``only`` (all, if it is empty) but for those in ``skip``.

    A group's name stands for all its checks. Raises `ProblemError` for a name that isn't known.
    """
    known = [*dict.fromkeys(check.group for check in CHECKS), *(check.name for check in CHECKS)]
    for name in only:
        if name not in known:
            near = get_close_matches(name, known, 1)
            hint = f"{f'Did you mean {near[0]}? ' if near else ''}Known: {', '.join(known)}."
            raise ProblemError(f"There is no check {name!r}.", hint=hint)
    wanted = [check for check in CHECKS if not only or check.name in only or check.group in only]
    return tuple(check for check in wanted if check.name not in skip)
