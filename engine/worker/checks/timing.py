"""How long small pieces of a step take, beside each other."""

from __future__ import annotations

from statistics import median
from typing import Callable, List, Sequence

import torch

from engine.worker.run.clock import clock_for

# For each of the pieces: enough for a median, and little beside a check.
_BUDGET_NS = 40_000_000
_MOST_ROUNDS = 60
_LEAST_ROUNDS = 5


def median_times_us(calls: Sequence[Callable[[], object]], device: torch.device) -> List[float]:
    """Return the median time of each call in microseconds; they take turns, so that drift hits all alike.

    On a device it is the device's time between two events, launch gaps included.
    """
    clock = clock_for(device)
    times: List[List[int]] = [[] for _ in calls]
    for call in calls:
        clock.time_block(call, None, 3, _BUDGET_NS)
    spent = 0
    for round_number in range(_MOST_ROUNDS):
        order = range(len(calls)) if round_number % 2 == 0 else reversed(range(len(calls)))
        for index in order:
            block = clock.time_block(calls[index], None, 5, _BUDGET_NS // 10)
            times[index] += block.durations_ns
            spent += sum(block.durations_ns)
        if spent > _BUDGET_NS * len(calls) and round_number >= _LEAST_ROUNDS:
            break
    return [median(found) / 1e3 for found in times]


def time_text(microseconds: float) -> str:
    """Return a time with a unit that keeps it short: 6.53 ms, not 6.53e+03 µs."""
    for unit, size in (("s", 1e6), ("ms", 1e3)):
        # What would be rounded up to the next unit is told in it.
        if microseconds >= 0.9995 * size:
            return f"{microseconds / size:.3g} {unit}"
    return f"{microseconds:.3g} µs"
