"""How undisturbed a side ran: its device's clock, throttling, interruptions."""

from __future__ import annotations

from statistics import median

from engine.analysis.comparison.side import Side
from engine.analysis.results import FlagKind

# Interruptions of a smaller share of the steps than this move no median.
MANY_INTERRUPTED = 0.2


def clock_mhz(side: Side) -> float | None:
    """Return the median clock of the device while bare steps ran; None if nothing told it."""
    steps = side.steps.bare()
    if not len(steps):
        return None
    first, last = int(steps.start_ns[0]), int(steps.start_ns[-1])
    clocks = [
        sample.device_clock_mhz
        for sample in side.telemetry
        if sample.device_clock_mhz is not None and first <= sample.time_ns <= last
    ]
    return median(clocks) if clocks else None


def throttled_share(side: Side) -> float | None:
    """Return the share of bare steps that ran while the device was throttled; None if nobody looked."""
    return _share(side, "throttled")


def interrupted_share(side: Side) -> float | None:
    """Return the share of bare steps that the operating system interrupted; None if nobody looked."""
    return _share(side, "interrupted")


def _share(side: Side, kind: FlagKind) -> float | None:
    steps, flags = side.summary.steps, side.summary.flags
    if steps is None or kind in dict(flags.unknown):
        return None
    return sum(flag.count for flag in flags.found if flag.kind == kind) / steps.count
