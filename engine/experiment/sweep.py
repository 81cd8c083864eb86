"""A sweep: one parameter of an experiment takes one value after the other.

Its parameter is the name of one of these, written as it stands here:

* ``batch``: the first size of every input;
* ``input[0].shape[1]``: one size of one input, both counted from 0;
* ``size:512``: every 512 in layer arguments, input shapes and the bounds of integer inputs;
* ``dtype``, ``device``, ``threads``, ``compile``: that setting of the plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

SweepValue: TypeAlias = int | str
# Shorter, and start and warm-up of a worker would be nearly all of a sweep.
DEFAULT_POINT_SECONDS = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """A parameter and its values, in the order in which they are run.

    ``seconds``: how long each point measures, all variants together; None is as long as the plan says.
    """

    parameter: str
    values: tuple[SweepValue, ...]
    seconds: float | None = DEFAULT_POINT_SECONDS

    def __str__(self) -> str:
        return f"{self.parameter}={','.join(map(str, self.values))}"
