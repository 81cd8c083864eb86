"""Made-up runs to be advised on: one variant each, with kernels or operators at the times given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.analysis.results import (
    CPU_PARTS,
    DEVICE_PARTS,
    BreakdownPart,
    KernelOfOwner,
    KernelRow,
    LayerRow,
    RowKind,
    RunSummary,
    StepBreakdown,
    StepStatistics,
    VariantSummary,
)
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.run_plan import RunPlan
from engine.trace.built_model import BuiltLayer, BuiltModel

_SPREAD = ("mean", "min", "max", "p1", "p5", "p10", "p25", "p75", "p90", "p95", "p99")


@dataclass(frozen=True)
class AdvisedRun:
    """What advice asks of a recording."""

    experiment: Experiment
    models: tuple[BuiltModel, ...]
    environment: Mapping[str, Any] = field(default_factory=dict)
    step_count: int = 100


def ran(
    name: str, us: float, count: float = 1, layer: str = "net", owner: RowKind = "layer", kind: str = ""
) -> KernelRow:
    """Return what one owner ran: ``us`` per step in ``count`` calls. Names of aten are operators."""
    kind = kind or ("operator" if name.startswith("aten::") else "kernel")
    cost = KernelOfOwner(layer if owner == "layer" else owner, us, count, owner)
    return KernelRow(
        name=name,
        kind=kind,
        count=int(count),
        total_us=us,
        mean_us=us / count,
        min_us=us / count,
        max_us=us / count,
        per_step_us=us,
        share=0.0,
        layers=(layer,) if owner == "layer" else (),
        owner_costs=(cost,),
    )


def statistics(median_us: float, reach: float = 0.001) -> StepStatistics:
    """Return bare steps around a median, known within ``reach`` (0 … 1)."""
    interval = (median_us * (1 - reach), median_us * (1 + reach))
    spread = {f"{name}_us": median_us for name in _SPREAD}
    return StepStatistics(
        count=1000, median_us=median_us, mad_us=0.0, median_interval_95_us=interval, **spread
    )


def breakdown(on_device: bool, **parts: float) -> StepBreakdown:
    """Return a profiled step of these parts, in µs; the others took nothing."""
    names = DEVICE_PARTS if on_device else CPU_PARTS
    return StepBreakdown(
        basis="device" if on_device else "cpu",
        steps=10,
        wall_us=sum(parts.values()),
        parts=tuple(BreakdownPart(name, parts.get(name, 0.0)) for name in names),
    )


def variant(
    *kernels: KernelRow,
    step_us: float = 1000.0,
    name: str = "mine",
    reach: float = 0.001,
    launches: float | None = None,
    types: Mapping[str, str] | None = None,
    parts: Mapping[str, float] | None = None,
) -> VariantSummary:
    """Return a variant that was measured on a device if any of the rows is no operator."""
    on_device = any(row.kind != "operator" for row in kernels)
    paths = dict.fromkeys(cost.path for row in kernels for cost in row.owner_costs if cost.kind == "layer")
    known = types or {}
    count = sum(cost.calls for row in kernels for cost in row.owner_costs)
    rows = [LayerRow(path=path, type=known.get(path, "Net"), calls=1.0) for path in paths]
    rows.append(
        LayerRow(path="unattributed", type="", kind="unattributed", kernel_count=count, launches=launches)
    )
    found = parts or ({"kernel": step_us} if on_device else {"operators": step_us})
    return VariantSummary(
        name=name,
        steps=statistics(step_us, reach),
        windows=1,
        profiled_steps=1,
        measured_on="device" if on_device else "cpu",
        attributed_share=1.0,
        total_us=sum(row.per_step_us for row in kernels),
        layers=tuple(rows),
        kernels=kernels,
        completeness=None,
        breakdown=breakdown(on_device, **found),
    )


def run_of(
    *variants: VariantSummary,
    device: str = "cpu",
    plan: RunPlan | None = None,
    environment: Mapping[str, Any] | None = None,
) -> tuple[AdvisedRun, RunSummary]:
    """Return the run and its summary, as `engine.analysis.advice.advise.advise` takes them."""
    experiment = Experiment(
        variants=tuple(Variant(name=found.name, model=()) for found in variants),
        inputs=(),
        plan=plan or RunPlan(),
    )
    models = tuple(
        BuiltModel(name=found.name, layers=(BuiltLayer(path="", type="Net"),), device=device)
        for found in variants
    )
    return AdvisedRun(experiment, models, environment or {}), RunSummary(
        variants=variants, profiling_share=0.05
    )
