"""When a variant is warm: its step times no longer fall."""

from __future__ import annotations

from statistics import median
from typing import Sequence

MINIMUM_STEPS = 4
MINIMUM_NS = 50_000_000
MAXIMUM_NS = 2_000_000_000
# Medians of the last two spans of steps within 5 % of each other.
TOLERANCE = 0.05


def is_settled(durations_ns: Sequence[int], elapsed_ns: int) -> bool:
    """Whether the newest third of the step times agrees with the third before it.

    Gives up after 2 s: a step that never settles is a finding of its own, shown by its spread.
    """
    if len(durations_ns) < MINIMUM_STEPS:
        # A step of half a second or more has had its lazy initialisation after two.
        return elapsed_ns > MAXIMUM_NS and len(durations_ns) >= 2
    if elapsed_ns > MAXIMUM_NS:
        return True
    if elapsed_ns < MINIMUM_NS:
        return False
    span = len(durations_ns) // 3 or 1
    newest, before = median(durations_ns[-span:]), median(durations_ns[-2 * span : -span])
    return abs(newest - before) <= TOLERANCE * before
