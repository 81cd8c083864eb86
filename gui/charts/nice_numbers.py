"""Round numbers at which axes end, so that they grow in steps and never jitter."""

from __future__ import annotations

import math

_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def nice_ceiling(value: float) -> float:
    """Return the smallest round number that is at least ``value``; 1 for nothing to show."""
    if not math.isfinite(value) or value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    # A rounding error must not push 2.0 up to 3.0.
    return next((step * power for step in _STEPS if step * power >= value * (1 - 1e-9)), 10 * power)
