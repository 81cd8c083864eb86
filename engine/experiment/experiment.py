"""The experiment: what the person puts together, and all that a run needs to know."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.experiment.comparison_plan import ComparisonPlan
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Overrides, RunPlan
from engine.experiment.sweep import Sweep

SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A named model tree and the settings in which it differs from the plan.

    ``weights`` says where its tensors take their values from, beyond what names and shapes tell: its own
    parameter or buffer by qualified name, and the baseline's; empty keeps the variant's own values.
    """

    name: str
    model: tuple[ModelNode, ...]
    overrides: Overrides = field(default_factory=Overrides)
    # Left out of the hash, which a dict has none of: variants are keys of questions and answers.
    weights: dict[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One or more variants, the inputs they share, and the plan.

    ``files`` lists the Python files whose layers the palette offers; paths are relative to the
    project file. ``interpreter`` is the Python that runs the worker; None is the app's own.
    """

    variants: tuple[Variant, ...]
    inputs: tuple[InputSpec, ...]
    plan: RunPlan = field(default_factory=RunPlan)
    comparison: ComparisonPlan = field(default_factory=ComparisonPlan)
    sweep: Sweep | None = None
    files: tuple[str, ...] = ()
    interpreter: str | None = None
    notes: str = ""
    schema: int = SCHEMA
