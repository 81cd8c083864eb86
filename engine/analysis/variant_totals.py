"""All windows of one variant, summed up as they come."""

from __future__ import annotations

from engine.analysis.kernel_totals import KernelTotals
from engine.analysis.layer_rows import layer_rows
from engine.analysis.measured import Basis
from engine.analysis.owner_costs import OwnerCosts
from engine.analysis.results import Completeness, StepStatistics, VariantSummary
from engine.analysis.window_costs import WindowCosts
from engine.trace.built_model import BuiltModel
from engine.trace.event_table import EventTable


class VariantTotals:
    """Sums over a variant's windows; its cost does not grow with their number."""

    def __init__(self, model: BuiltModel) -> None:
        self.model = model
        self.windows = 0
        self.basis: Basis = "cpu" if model.device.startswith("cpu") else "device"
        self._completeness: Completeness | None = None
        self._clear()

    def _clear(self) -> None:
        self.profiled_steps = 0
        self._costs = OwnerCosts.nothing(len(self.model.layers))
        self._kernels = KernelTotals()

    def add(self, table: EventTable, costs: WindowCosts, steps: int, complete: Completeness) -> None:
        """Add one window of ``steps`` steps."""
        self.windows += 1
        self._completeness = _joined(self._completeness, complete)
        if not self._fits(costs.measured.basis):
            return
        self.profiled_steps += steps
        self._costs += costs.sums
        self._kernels.add(table, costs.measured, costs.owner)

    def _fits(self, basis: Basis) -> bool:
        """Whether a window measured on ``basis`` can be added: device and CPU times never mix."""
        if basis == self.basis:
            return True
        if basis == "cpu" and self.profiled_steps:
            # The device's records of this window were lost.
            return False
        self._clear()
        self.basis = basis
        return True

    def summary(self, steps: StepStatistics | None) -> VariantSummary:
        """Return all that is known of the variant so far."""
        total_ns, profiled = self._costs.total_ns, self.profiled_steps
        attributed_ns = total_ns - self._costs.unattributed_ns
        return VariantSummary(
            name=self.model.name,
            steps=steps,
            windows=self.windows,
            profiled_steps=profiled,
            measured_on=self.basis,
            attributed_share=attributed_ns / total_ns if total_ns else None,
            total_us=total_ns / 1e3 / profiled if profiled else 0.0,
            layers=layer_rows(self.model, self._costs, profiled) if profiled else (),
            kernels=self._kernels.rows(self.model.layer_paths, profiled),
            completeness=self._completeness,
        )


def _joined(before: Completeness | None, window: Completeness) -> Completeness:
    if before is None:
        return window
    return Completeness(
        events=before.events + window.events,
        launches=_sum(before.launches, window.launches),
        kernels=_sum(before.kernels, window.kernels),
        kernels_matched=_sum(before.kernels_matched, window.kernels_matched),
        launches_matched=_sum(before.launches_matched, window.launches_matched),
        reason=window.reason or before.reason,
    )


def _sum(before: int | None, window: int | None) -> int | None:
    """Add two counts; one that can't be known adds nothing to one that is."""
    if before is None or window is None:
        return before if window is None else window
    return before + window
