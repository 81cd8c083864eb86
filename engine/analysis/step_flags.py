"""What happened to a variant's timed steps, with the evidence: drift, outliers, interruptions, throttling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.drift import MINIMUM_BLOCKS, trend_of
from engine.analysis.results import FlagKind, SpreadFlag, SpreadFlags, StepStatistics
from engine.analysis.throttling import throttling_of
from engine.analysis.timed_steps import Surroundings, TimedSteps
from engine.analysis.units import format_count, format_share, format_us
from engine.trace.memory_sample import TelemetrySample

# A smaller change of the median is no news, and a less certain one may be none.
DRIFT_SHARE = 0.01
DRIFT_PROBABILITY = 0.01
# Tukey's far fence (1977, "Exploratory data analysis"), but never within 10 % of the median: on a clock
# that ticks coarsely most steps take the very same time, and any other would lie beyond the fence.
FENCE_RANGES = 3.0
FENCE_LEAST = 1.1

TOO_FEW = f"a drift shows in {MINIMUM_BLOCKS} steps or more"
NOT_WATCHED = "whoever made this recording did not watch for interruptions"
NOT_ON_DEVICES = "steps are timed on the device, which goes on while the host is interrupted"
NOT_TOLD = "the operating system does not tell when it interrupts a process"


def step_flags(steps: TimedSteps, surroundings: Surroundings) -> SpreadFlags:
    """Return what is to be said of the steps, and what nobody could look for."""
    looks: dict[FlagKind, SpreadFlag | str | None] = {
        "drift": _drift(steps),
        "outliers": _outliers(steps),
        "interrupted": _interrupted(steps, surroundings.environment),
        "throttled": _throttled(steps, surroundings.telemetry),
    }
    return SpreadFlags(
        found=tuple(flag for flag in looks.values() if isinstance(flag, SpreadFlag)),
        unknown=tuple((kind, reason) for kind, reason in looks.items() if isinstance(reason, str)),
    )


def outlier_fence_ns(spread: StepStatistics) -> float:
    """Return the duration beyond which a step is an outlier."""
    upper = spread.p75_us + FENCE_RANGES * (spread.p75_us - spread.p25_us)
    return 1e3 * max(upper, FENCE_LEAST * spread.median_us)


def _drift(steps: TimedSteps) -> SpreadFlag | str | None:
    trend = trend_of(steps.blocks.medians_ns)
    if trend is None:
        return TOO_FEW
    if abs(trend.change) < DRIFT_SHARE or trend.probability > DRIFT_PROBABILITY:
        return None
    direction = "slower" if trend.change > 0 else "faster"
    chance = "under 0.1 %" if trend.probability < 1e-3 else format_share(trend.probability)
    advice = "Let the machine cool, or lock its clocks" if trend.change > 0 else "Warm up for longer"
    text = (
        f"Steps got {format_share(abs(trend.change))} {direction} over the run: from "
        f"{format_us(trend.first / 1e3)} to {format_us(trend.last / 1e3)}, the line through the medians of "
        f"{len(steps.blocks.blocks)} parts of it. Chance draws such a line with a probability of {chance}."
    )
    advice = f"{advice}. Variants of one run drift alike, and compare."
    return SpreadFlag(kind="drift", count=len(steps.duration_ns), text=text, advice=advice)


def _outliers(steps: TimedSteps) -> SpreadFlag | None:
    fence_ns = outlier_fence_ns(steps.spread)
    beyond = steps.duration_ns > fence_ns
    count = int(np.count_nonzero(beyond))
    if count == 0:
        return None
    interrupted = int(np.count_nonzero(beyond & steps.is_interrupted))
    text = (
        f"{_of_all(count, steps)} took over {format_us(fence_ns / 1e3)}, far beyond the rest (the upper "
        f"quartile and 3 quartile ranges), and {format_share(steps.time_share(beyond))} of the time. "
        f"Known interruptions among them: {format_count(interrupted)}."
    )
    advice = "The median bears outliers, the mean does not: compare medians."
    return SpreadFlag(kind="outliers", count=count, text=text, advice=advice)


def _interrupted(steps: TimedSteps, environment: Mapping[str, Any]) -> SpreadFlag | str | None:
    if not steps.device.startswith("cpu"):
        return NOT_ON_DEVICES
    rows = steps.is_interrupted
    count = int(np.count_nonzero(rows))
    if count == 0:
        return _why_not_watched(environment)
    text = (
        f"{_of_all(count, steps)} took long while the operating system took a thread of the worker off its "
        f"core; together {format_share(steps.time_share(rows))} of the time."
    )
    advice = "Close other programs, or leave them a core: set fewer threads."
    return SpreadFlag(kind="interrupted", count=count, text=text, advice=advice)


def _why_not_watched(environment: Mapping[str, Any]) -> str | None:
    if "interruption_evidence" not in environment:
        return NOT_WATCHED
    return None if environment["interruption_evidence"] else NOT_TOLD


def _throttled(steps: TimedSteps, telemetry: Sequence[TelemetrySample]) -> SpreadFlag | str | None:
    found = throttling_of(steps.start_ns, telemetry, steps.device)
    if isinstance(found, str):
        return found
    count = int(np.count_nonzero(found.is_throttled))
    if count == 0:
        return None
    clocks = ""
    if found.slowest_mhz is not None and found.fastest_mhz is not None:
        clocks = (
            f" It ran at {found.slowest_mhz:.0f} MHz at the slowest; the run saw {found.fastest_mhz:.0f} MHz."
        )
    text = (
        f"{_of_all(count, steps)} ran while the GPU was throttled: {', '.join(found.reasons)}.{clocks}"
        f"{_against_the_others(steps, found.is_throttled)}"
    )
    advice = "Let it cool, raise its power limit, or lock lower clocks."
    return SpreadFlag(kind="throttled", count=count, text=text, advice=advice)


def _against_the_others(steps: TimedSteps, rows: NDArray[np.bool_]) -> str:
    if rows.all():
        return ""
    slower = (
        float(np.median(steps.duration_ns[rows]) / max(1.0, float(np.median(steps.duration_ns[~rows])))) - 1
    )
    word = "above" if slower >= 0 else "below"
    return f" Their median is {format_share(abs(slower))} {word} that of the others."


def _of_all(count: int, steps: TimedSteps) -> str:
    total = len(steps.duration_ns)
    return f"{format_count(count)} of {format_count(total)} steps ({format_share(count / total)})"
