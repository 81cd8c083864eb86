"""RunNumbers: what the strip on top of the live page says, computed from a summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from engine.analysis.results import RunSummary, SpreadFlags, StepStatistics, VariantSummary, WindowSummary
from engine.analysis.step_change import StepChange
from engine.trace.step_table import StepFlag, StepTable


@dataclass(frozen=True, kw_only=True)
class VariantNumbers:
    """One variant. ``ratio`` is its median over the first variant's; None for the first, or unknown.

    ``change`` is against the run before; None if there is none to compare with.
    """

    name: str
    spread: StepStatistics | None
    ratio: float | None
    windows: int
    flags: SpreadFlags
    change: StepChange | None = None


@dataclass(frozen=True, kw_only=True)
class RunNumbers:
    """The whole run. ``events_per_second``: recorded events over the time so far; None for a trace."""

    variants: tuple[VariantNumbers, ...]
    profiling_share: float | None
    event_count: int
    events_per_second: float | None


def run_numbers(
    summary: RunSummary,
    windows: Sequence[WindowSummary],
    steps: StepTable,
    changes: Sequence[StepChange | None] = (),
) -> RunNumbers:
    """Return the numbers of a run; the first variant is the baseline. ``changes``: by variant, or none."""
    baseline = summary.variants[0] if summary.variants else None
    each = zip_longest(summary.variants, changes[: len(summary.variants)])
    return RunNumbers(
        variants=tuple(_variant(variant, baseline, change) for variant, change in each),
        profiling_share=summary.profiling_share,
        event_count=sum(window.completeness.events for window in windows),
        events_per_second=_events_per_second(windows, steps),
    )


def _variant(
    variant: VariantSummary, baseline: VariantSummary | None, change: StepChange | None
) -> VariantNumbers:
    steps = variant.steps
    base = baseline.steps if baseline is not None and baseline is not variant else None
    return VariantNumbers(
        name=variant.name,
        spread=steps,
        ratio=steps.median_us / base.median_us if steps and base and base.median_us > 0 else None,
        windows=variant.windows,
        flags=variant.flags,
        change=change,
    )


def _events_per_second(windows: Sequence[WindowSummary], steps: StepTable) -> float | None:
    # In a file that holds profiled steps alone, the rate would be that of the profiled code.
    if not windows or len(steps) == 0 or (steps.flags & StepFlag.PROFILED).all():
        return None
    seconds = (int(steps.start_ns[-1]) + int(steps.duration_ns[-1]) - int(steps.start_ns[0])) / 1e9
    events = sum(window.completeness.events for window in windows)
    return events / seconds if seconds > 0 else None
