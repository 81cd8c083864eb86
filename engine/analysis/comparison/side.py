"""One side of a comparison: a variant of a run, or an opened trace."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.analysis.results import VariantSummary
from engine.experiment.input_spec import InputSpec
from engine.experiment.run_plan import Overrides, RunPlan
from engine.trace.built_model import BuiltModel
from engine.trace.memory_sample import TelemetrySample
from engine.trace.step_table import StepTable


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Side:
    """All that a comparison needs of one variant of a recording.

    ``steps`` are the variant's alone. ``plan`` is None of a trace from elsewhere (``is_trace``): nobody knows
    it. ``environment`` is what the worker, or the trace's header under ``trace``, says of the machine.
    """

    name: str
    summary: VariantSummary
    steps: StepTable
    model: BuiltModel
    plan: RunPlan | None = None
    overrides: Overrides = field(default_factory=Overrides)
    inputs: tuple[InputSpec, ...] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)
    telemetry: Sequence[TelemetrySample] = ()
    is_trace: bool = False

    @property
    def has_bare_steps(self) -> bool:
        """Whether any step was timed with no profiler around it."""
        return self.summary.steps is not None
