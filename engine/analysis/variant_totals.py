"""All windows of one variant, summed up as they come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.analysis.completeness import Completeness, joined
from engine.analysis.kernel_totals import KernelTotals
from engine.analysis.launch_costs import LaunchCosts
from engine.analysis.launch_queue import QueueTotals
from engine.analysis.layer_rows import Launching, layer_rows
from engine.analysis.layer_work import LayerWorks
from engine.analysis.loss import Loss, joined_losses
from engine.analysis.measured import Basis
from engine.analysis.memory_results import StepMemory
from engine.analysis.owner_costs import OwnerCosts
from engine.analysis.results import (
    NO_FLAGS,
    LayerRow,
    SpreadFlags,
    StepBreakdown,
    StepStatistics,
    VariantSummary,
)
from engine.analysis.step_breakdown import BreakdownSums
from engine.analysis.variant_work import variant_work
from engine.analysis.window_costs import WindowCosts
from engine.analysis.window_fence import WindowFence
from engine.trace.built_model import BuiltModel
from engine.trace.event_table import EventTable
from engine.trace.step_work import StepWork
from engine.trace.window import Window

# Before this many windows the median is not yet known; they are kept whole, to be judged again.
_JUDGED_LATE = 12


@dataclass(frozen=True, slots=True)
class _Part:
    """What one window adds."""

    table: EventTable
    costs: WindowCosts
    steps: int
    breakdown: BreakdownSums | None

    @property
    def per_step_ns(self) -> float:
        """Measured time per step."""
        return self.costs.sums.total_ns / max(1, self.steps)


class _Sums:
    """Costs, kernels and wall time of the windows added so far."""

    def __init__(self, layer_count: int) -> None:
        self.steps = 0
        self.costs = OwnerCosts.nothing(layer_count)
        self.kernels = KernelTotals()
        self.launching = LaunchCosts.nothing(layer_count)
        self.breakdown: BreakdownSums | None = None
        self.queue = QueueTotals()
        self.stepless_ns = 0

    def add(self, part: _Part) -> None:
        """Add one window."""
        self.steps += part.steps
        self.costs += part.costs.sums
        self.stepless_ns += part.costs.stepless_ns
        self.kernels.add(part.table, part.costs.measured, part.costs.owner)
        self.launching += part.costs.launching or LaunchCosts.nothing(part.costs.sums.layer_count)
        if part.breakdown is not None:
            self.breakdown = part.breakdown if self.breakdown is None else self.breakdown + part.breakdown
        if part.costs.measured.basis == "device":
            self.queue.add(part.table)


class VariantTotals:
    """Sums over a variant's windows; its cost does not grow with their number.

    On a CPU, windows whose steps were interrupted are left out whole, so that the parts still sum to
    the total; how many, the summary says. A device's kernels are not interrupted: all of them count.
    """

    def __init__(self, model: BuiltModel, losses: tuple[Loss, ...] = ()) -> None:
        """``losses``: what is known to be missing before any window comes."""
        self.model = model
        self._losses = losses
        self.windows = 0
        self.basis: Basis = "cpu" if model.device.startswith("cpu") else "device"
        self._completeness: Completeness | None = None
        self.take_preparation(None, None)
        self._clear()

    def _clear(self) -> None:
        self._sums = _Sums(len(self.model.layers))
        self._waiting: list[_Part] | None = []
        self._fence = WindowFence()
        self._left_out = 0

    def add(
        self,
        window: Window,
        table: EventTable,
        costs: WindowCosts,
        complete: Completeness,
        breakdown: BreakdownSums | None,
    ) -> None:
        """Add one window; ``table`` is its table with everything attributed."""
        self.windows += 1
        self._completeness = joined(self._completeness, complete)
        if not self._fits(costs.measured.basis):
            return
        part = _Part(table, costs, window.step_count, breakdown)
        # A trace of elsewhere is shown as it is: its steps need not be alike.
        if self.basis == "device" or window.is_of_file:
            self._sums.add(part)
        else:
            self._judge(part)

    def _judge(self, part: _Part) -> None:
        self._fence.add(part.per_step_ns)
        if self._waiting is None:
            self._add_or_leave_out(part)
            return
        self._waiting.append(part)
        if len(self._waiting) >= _JUDGED_LATE:
            waiting, self._waiting = self._waiting, None
            for early in waiting:
                self._add_or_leave_out(early)

    def _add_or_leave_out(self, part: _Part) -> None:
        if self._fence.admits(part.per_step_ns):
            self._sums.add(part)
        else:
            self._left_out += 1

    def _so_far(self) -> tuple[_Sums, int]:
        """Return the sums, windows that are still to be judged included, and how many are left out."""
        if not self._waiting:
            return self._sums, self._left_out
        admitted = [part for part in self._waiting if self._fence.admits(part.per_step_ns)]
        sums = _Sums(len(self.model.layers))
        for part in admitted:
            sums.add(part)
        return sums, len(self._waiting) - len(admitted)

    def _fits(self, basis: Basis) -> bool:
        """Whether a window measured on ``basis`` can be added: device and CPU times never mix."""
        if basis == self.basis:
            return True
        if basis == "cpu" and self._sums.steps:
            # The device's records of this window were lost.
            return False
        self._clear()
        self.basis = basis
        return True

    def take_preparation(self, work: StepWork | None, memory: StepMemory | None) -> None:
        """Take what was found of one step before measuring."""
        self._work, self._memory = work, memory
        self._layer_works = LayerWorks(self.model, work)

    def summary(self, steps: StepStatistics | None, flags: SpreadFlags = NO_FLAGS) -> VariantSummary:
        """Return all that is known of the variant so far."""
        sums, left_out = self._so_far()
        total_ns, profiled = sums.costs.total_ns, sums.steps
        attributed_ns = total_ns - sums.costs.unattributed_ns
        return VariantSummary(
            name=self.model.name,
            steps=steps,
            windows=self.windows,
            windows_left_out=left_out,
            profiled_steps=profiled,
            measured_on=self.basis,
            attributed_share=attributed_ns / total_ns if total_ns else None,
            total_us=total_ns / 1e3 / profiled if profiled else 0.0,
            stepless_us=sums.stepless_ns / 1e3 / profiled if profiled else 0.0,
            layers=self._layer_rows(sums) if profiled else (),
            kernels=sums.kernels.rows(self.model.layer_paths, profiled),
            completeness=self._complete(),
            breakdown=self._breakdown(sums),
            launch_queue=sums.queue.summary(),
            flags=flags,
            work=variant_work(self._work, steps) if self._work is not None else None,
            memory=self._memory,
        )

    def _layer_rows(self, sums: _Sums) -> tuple[LayerRow, ...]:
        return layer_rows(self.model, sums.costs, sums.steps, self._layer_works, self._launching(sums))

    def _launching(self, sums: _Sums) -> Launching | None:
        if self.basis == "cpu":
            return None
        has_calls = self._completeness is not None and self._completeness.launches is not None
        return Launching(sums.launching, has_calls)

    def _breakdown(self, sums: _Sums) -> StepBreakdown | None:
        if sums.breakdown is None:
            return None
        reason = self._completeness.reason if self.basis == "cpu" and self._completeness else ""
        return sums.breakdown.mean(reason)

    def _complete(self) -> Completeness | None:
        found = self._completeness
        if found is None or not self._losses:
            return found
        return replace(found, losses=joined_losses(found.losses, self._losses))
