"""One variant as advice looks at it: its summary, what it ran with, and what a step of it takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from engine.analysis.advice.results import Advice
from engine.analysis.comparison.results import PartBasis
from engine.analysis.results import DEVICE_PARTS, KernelRow, PartName, RunSummary, VariantSummary
from engine.analysis.units import format_share
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.run_plan import RunPlan
from engine.trace.built_model import BuiltModel

# Interruptions of fewer steps than this change no sum by much.
_MANY = 0.2


class AdvisedRun(Protocol):
    """What advice needs of a recording."""

    experiment: Experiment

    @property
    def environment(self) -> Mapping[str, Any]: ...
    @property
    def models(self) -> Sequence[BuiltModel]: ...
    @property
    def step_count(self) -> int: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A variant and its step.

    ``step_us``: the median bare step; of an opened trace, which has none, the mean profiled step, or the
    whole profile where no step is marked (``has_steps``). ``scale`` (0 … 1) takes time under the profiler
    to time without: never more than the bare step holds. ``plan`` is None for an opened trace.
    """

    summary: VariantSummary
    model: BuiltModel
    variant: Variant
    plan: RunPlan | None
    environment: Mapping[str, Any]
    step_us: float
    scale: float
    has_steps: bool

    @property
    def on_device(self) -> bool:
        """Whether a device's kernels were measured."""
        return self.summary.measured_on == "device"

    @property
    def is_bare(self) -> bool:
        """Whether ``step_us`` was measured without the profiler."""
        return self.summary.steps is not None

    @property
    def noise_share(self) -> float:
        """How far off the median may be, as a share of it; 0 where nobody knows."""
        return (self.summary.steps.interval_share or 0.0) if self.summary.steps else 0.0

    @property
    def per_step(self) -> str:
        """What times are of, in words."""
        return "a step" if self.has_steps else "the profile"

    @property
    def things(self) -> str:
        """What the rows of ``summary.kernels`` are."""
        return "kernels" if self.on_device else "operators"

    @property
    def busy_us(self) -> float:
        """For how much of the step something runs on the device; 0 where none was measured."""
        return min(self.part_us("kernel", "memcpy", "memset"), self.step_us)

    @property
    def is_visible(self) -> bool:
        """Whether its profile shows the time where it passed: not the host's, of what ran on a device."""
        return self.summary.profiled_steps > 0 and (self.on_device or self.model.device == "cpu")

    @property
    def is_autocast(self) -> bool:
        """Whether operators choose their dtype, casting what they take."""
        return bool(self.variant.overrides.autocast or (self.plan is not None and self.plan.autocast))

    @property
    def has_backward(self) -> bool:
        """Whether anything ran backward."""
        if self.plan is not None:
            return self.plan.phase != "forward"
        return any(row.backward_us > 0 for row in self.summary.layers)

    def has_library(self, *libraries: str) -> bool:
        """Whether any kernel is from one of these (`engine.analysis.kernel_library`)."""
        return any(row.library in libraries for row in self.summary.kernels)

    def row_us(self, row: KernelRow) -> float:
        """Return what a kernel takes of the step."""
        return row.per_step_us * self.scale

    def part_us(self, *names: PartName) -> float:
        """Return the sum of some parts of the profiled step; those that there are not count nothing."""
        breakdown = self.summary.breakdown
        return sum(breakdown.part_us(name) or 0.0 for name in names) if breakdown else 0.0

    @property
    def doubts(self) -> tuple[str, ...]:
        """What makes the times of its operators doubtful, in words."""
        steps, flags = self.summary.steps, self.summary.flags.found
        count = sum(flag.count for flag in flags if flag.kind == "interrupted")
        if steps is None or count < _MANY * steps.count:
            return ()
        return (f"other programs interrupted {format_share(count / steps.count)} of its steps",)

    def advice(
        self,
        *,
        title: str,
        saves_us: float,
        of_us: float,
        kind: PartBasis,
        evidence: tuple[str, ...],
        **rest: Any,
    ) -> Advice:
        """Return advice on this variant that claims no more than it is made of, nor than a step."""
        saved = max(0.0, min(saves_us, of_us, self.step_us))
        return Advice(
            title=title,
            variant=self.summary.name,
            saves_us=saved,
            saves_share=saved / self.step_us,
            share_of=self.per_step,
            of_us=of_us,
            kind=kind,
            evidence=(*evidence, *self.doubts),
            **rest,
        )


def cases_of(run: AdvisedRun, summary: RunSummary) -> tuple[Case, ...]:
    """Return the variants of which it is known how long a step takes."""
    cases = (_case(run, number, found) for number, found in enumerate(summary.variants))
    return tuple(case for case in cases if case is not None)


def _case(run: AdvisedRun, number: int, found: VariantSummary) -> Case | None:
    breakdown = found.breakdown
    wall_us = breakdown.wall_us if breakdown else 0.0
    step_us = found.steps.median_us if found.steps else wall_us
    if step_us <= 0:
        return None
    busy_us = sum(part.us for part in breakdown.parts if part.name in DEVICE_PARTS[:3]) if breakdown else 0.0
    profiled_us = (busy_us if found.measured_on == "device" else wall_us) or found.total_us
    return Case(
        summary=found,
        model=run.models[number],
        variant=run.experiment.variants[number],
        plan=None if "trace" in run.environment else run.experiment.plan,
        environment=run.environment,
        step_us=step_us,
        scale=min(1.0, step_us / profiled_us) if profiled_us else 1.0,
        has_steps=run.step_count > 0,
    )
