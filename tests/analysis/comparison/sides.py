"""Sides of a comparison written by hand: bare steps in turns, kernels, layers, a breakdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.comparison.side import Side
from engine.analysis.measured import Basis
from engine.analysis.results import (
    CPU_PARTS,
    DEVICE_PARTS,
    BreakdownPart,
    KernelRow,
    LayerRow,
    StepBreakdown,
    VariantSummary,
)
from engine.analysis.step_statistics import step_statistics
from engine.experiment.run_plan import RunPlan
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.step_table import StepTable, step_table
from engine.worker.run.schedule import turns

BEGIN_NS = 1_700_000_000_000_000_000


def in_turns(*blocks: Sequence[Sequence[float]]) -> StepTable:
    """Return a run's steps: ``blocks[v]`` are variant v's blocks of durations (µs), in turns A B B A …."""
    left = [list(own) for own in blocks]
    variant: list[int] = []
    durations: list[float] = []
    for number in turns(len(blocks)):
        if not any(left):
            break
        if left[number]:
            block = left[number].pop(0)
            variant += [number] * len(block)
            durations.extend(block)
    duration_ns = np.round(np.array(durations) * 1e3).astype(np.int64)
    return _steps(variant, duration_ns)


def _steps(variant: Sequence[int], duration_ns: NDArray[np.int64], flags: Any = None) -> StepTable:
    count = len(duration_ns)
    return step_table(
        variant=variant,
        step=np.arange(count),
        start_ns=BEGIN_NS + np.append(0, np.cumsum(duration_ns + 500))[:count],
        duration_ns=duration_ns,
        flags=np.zeros(count) if flags is None else flags,
    )


def kernel(
    name: str,
    us: float,
    count: float = 1,
    layers: Sequence[str] = ("layer",),
    kind: str = "kernel",
    **more: Any,
) -> KernelRow:
    """Return a row of one profiled step."""
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
        layers=tuple(layers),
        **more,
    )


def operator(name: str, us: float, count: float = 1, layers: Sequence[str] = ("layer",)) -> KernelRow:
    """Return an operator's row of one profiled step."""
    return kernel(name, us, count, layers, "operator")


def breakdown(basis: Basis, **parts: float) -> StepBreakdown:
    """Return a breakdown of one step; parts that are not named are 0."""
    names = DEVICE_PARTS if basis == "device" else CPU_PARTS
    return StepBreakdown(
        basis=basis,
        steps=1,
        wall_us=sum(parts.values()),
        parts=tuple(BreakdownPart(name, parts.get(name, 0.0)) for name in names),
    )


def model(layers: Mapping[str, str], device: str = "cpu", **more: Any) -> BuiltModel:
    """Return a model of these layers: paths and types."""
    built = [BuiltLayer(path="", type="Sequential"), *(BuiltLayer(path=p, type=t) for p, t in layers.items())]
    return BuiltModel(name="model", layers=tuple(built), device=device, **more)


def side(
    name: str,
    kernels: Sequence[KernelRow] = (),
    split: StepBreakdown | None = None,
    bare_us: float | Sequence[float] = 100.0,
    layers: Mapping[str, str] | None = None,
    own_us: Mapping[str, float] | None = None,
    steps: StepTable | None = None,
    summary: Mapping[str, Any] | None = None,
    device: str | None = None,
    **more: Any,
) -> Side:
    """Return a side; by default everything ran in one layer named ``layer``, in eight equal bare steps.

    ``own_us`` is each layer's own time, where it is not all in the first.
    """
    basis: Basis = "device" if any(row.kind != "operator" for row in kernels) else "cpu"
    total = sum(row.per_step_us for row in kernels)
    built = model(layers or {"layer": "Layer"}, device or ("cuda:0" if basis == "device" else "cpu"))
    if steps is None:
        durations = [bare_us] * 8 if isinstance(bare_us, float | int) else list(bare_us)
        steps = _steps([0] * len(durations), np.round(np.array(durations) * 1e3).astype(np.int64))
    found = VariantSummary(
        name=name,
        steps=step_statistics(steps),
        windows=1 if kernels else 0,
        profiled_steps=1 if kernels else 0,
        measured_on=basis,
        attributed_share=1.0,
        total_us=total,
        layers=_layer_rows(built, kernels, own_us or {built.layers[1].path: total}),
        kernels=tuple(kernels),
        completeness=None,
        breakdown=split,
    )
    settings: dict[str, Any] = {"plan": RunPlan(), **more}
    return Side(name=name, summary=replace(found, **(summary or {})), steps=steps, model=built, **settings)


def _layer_rows(
    built: BuiltModel, kernels: Sequence[KernelRow], own_us: Mapping[str, float]
) -> tuple[LayerRow, ...]:
    return tuple(
        LayerRow(
            path=layer.path,
            type=layer.type,
            forward_us=own_us.get(layer.path, 0.0),
            kernel_count=float(sum(row.count for row in kernels if row.layers[:1] == (layer.path,))),
        )
        for layer in built.layers
    )
