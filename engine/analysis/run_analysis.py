"""A run's results, kept up to date window by window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.analysis.attribution import attribute_fully
from engine.analysis.profile_completeness import damage_losses
from engine.analysis.results import RunSummary, WindowSummary
from engine.analysis.step_breakdown import BreakdownSums, break_down
from engine.analysis.step_memory import step_memory
from engine.analysis.step_walls import step_walls
from engine.analysis.timed_steps import Surroundings
from engine.analysis.variant_spread import Spread, spread_of_variant
from engine.analysis.variant_totals import VariantTotals
from engine.analysis.window_costs import window_costs
from engine.analysis.window_summary import summarize_window
from engine.trace.built_model import BuiltModel
from engine.trace.event_table import EventTable
from engine.trace.memory_profile import MemoryProfile
from engine.trace.step_table import StepTable
from engine.trace.step_work import StepWork
from engine.trace.window import Window


class Preparation(Protocol):
    """What a recording knows of a variant's step from before measuring."""

    def step_work(self, variant: int) -> StepWork | None: ...
    def memory_profile(self, variant: int) -> MemoryProfile | None: ...


class RunAnalysis:
    """Sums of all windows so far, by variant. Use it from one thread at a time.

    What is measured: durations of kernels, copies and fills where a device ran, else operators'
    self time; layers, loss, optimizer and unattributed sum to that total.
    """

    def __init__(
        self,
        models: Sequence[BuiltModel],
        preparation: Preparation | None = None,
        damage: Sequence[str] = (),
    ) -> None:
        """``damage`` says what of the recording's file could not be read: no sum is whole then."""
        self._variants = [VariantTotals(model, damage_losses(damage)) for model in models]
        self._spreads: dict[int, tuple[tuple[int, int], Spread]] = {}
        self._last_step_end_ns: int | None = None
        self._preparation = preparation
        self._prepared: dict[int, tuple[StepWork | None, MemoryProfile | None]] = {}

    def add_window(self, window: Window) -> WindowSummary:
        """Add a window and return it in small. Raises IndexError for a variant that was not built."""
        totals = self._variants[window.variant]
        attributed = attribute_fully(window.table)
        costs = window_costs(attributed, len(totals.model.layers))
        summary = summarize_window(window, costs, totals.model.device)
        breakdown = self._break_down(window, attributed.table)
        totals.add(window, attributed.table, costs, summary.completeness, breakdown)
        return summary

    def summary(
        self,
        steps: StepTable,
        profiling_share: float | None = None,
        surroundings: Surroundings | None = None,
    ) -> RunSummary:
        """Return all that is known so far; ``steps`` are the run's, ``profiling_share`` is 0 … 1 or None."""
        beside = surroundings or Surroundings()
        self._take_preparation()
        variants = tuple(
            totals.summary(*self._spread(number, steps, beside))
            for number, totals in enumerate(self._variants)
        )
        return RunSummary(variants=variants, profiling_share=profiling_share)

    def _break_down(self, window: Window, table: EventTable) -> BreakdownSums | None:
        # A run waits for the device at the end of every window; in a trace of elsewhere one step's
        # kernels run during the next.
        walls = step_walls(table, self._last_step_end_ns if window.is_of_file else None)
        if walls is None:
            return None
        self._last_step_end_ns = int(walls.end_ns[-1]) if window.is_of_file else None
        return break_down(table, walls, len(walls.start_ns) if walls.is_named else window.step_count)

    def _take_preparation(self) -> None:
        """Take in what has become known of each variant's work and memory since the last summary."""
        if self._preparation is None:
            return
        for number, totals in enumerate(self._variants):
            work, profile = self._preparation.step_work(number), self._preparation.memory_profile(number)
            known = self._prepared.get(number, (None, None))
            if work is known[0] and profile is known[1]:
                continue
            self._prepared[number] = (work, profile)
            totals.take_preparation(work, step_memory(profile, totals.model) if profile else None)

    def _spread(self, variant: int, steps: StepTable, surroundings: Surroundings) -> Spread:
        # Between two windows often no step is new; sorting a million of them is not for free.
        # Telemetry tells of throttled devices alone.
        on_device = self._variants[variant].model.device != "cpu"
        stand = (len(steps), len(surroundings.telemetry) if on_device else 0)
        known = self._spreads.get(variant)
        if known is None or known[0] != stand:
            found = spread_of_variant(steps, variant, self._variants[variant].model.device, surroundings)
            known = self._spreads[variant] = (stand, found)
        return known[1]
