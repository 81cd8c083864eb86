"""A run's results, kept up to date window by window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.analysis.attribution import attribute_fully
from engine.analysis.results import RunSummary, StepStatistics, WindowSummary
from engine.analysis.step_memory import step_memory
from engine.analysis.step_statistics import step_statistics
from engine.analysis.variant_totals import VariantTotals
from engine.analysis.window_costs import window_costs
from engine.analysis.window_summary import summarize_window
from engine.trace.built_model import BuiltModel
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

    def __init__(self, models: Sequence[BuiltModel], preparation: Preparation | None = None) -> None:
        self._variants = [VariantTotals(model) for model in models]
        self._preparation = preparation
        self._prepared: set[int] = set()
        self._statistics: dict[int, tuple[int, StepStatistics | None]] = {}

    def add_window(self, window: Window) -> WindowSummary:
        """Add a window and return it in small. Raises IndexError for a variant that was not built."""
        totals = self._variants[window.variant]
        attributed = attribute_fully(window.table)
        costs = window_costs(attributed, len(totals.model.layers))
        summary = summarize_window(window, costs, totals.model.device)
        totals.add(window, attributed.table, costs, summary.completeness)
        return summary

    def summary(self, steps: StepTable, profiling_share: float | None = None) -> RunSummary:
        """Return all that is known so far; ``steps`` are the run's, ``profiling_share`` is 0 … 1 or None."""
        self._take_preparation()
        variants = tuple(
            totals.summary(self._step_statistics(number, steps))
            for number, totals in enumerate(self._variants)
        )
        return RunSummary(variants=variants, profiling_share=profiling_share)

    def _take_preparation(self) -> None:
        """Take in what is known of each variant's work and memory, once: it is there before any step."""
        if self._preparation is None:
            return
        for number, totals in enumerate(self._variants):
            work = self._preparation.step_work(number)
            profile = self._preparation.memory_profile(number)
            if number in self._prepared or (work is None and profile is None):
                continue
            self._prepared.add(number)
            totals.take_preparation(work, step_memory(profile, totals.model) if profile else None)

    def _step_statistics(self, variant: int, steps: StepTable) -> StepStatistics | None:
        # Between two windows often no step is new; sorting a million of them is not for free.
        count, known = self._statistics.get(variant, (-1, None))
        if count != len(steps):
            known = step_statistics(steps.of_variant(variant))
            self._statistics[variant] = (len(steps), known)
        return known
