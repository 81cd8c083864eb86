from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine.analysis.results import (
    Completeness,
    KernelRow,
    LayerRow,
    RunSummary,
    StepStatistics,
    VariantSummary,
)
from engine.analysis.run_report import run_report
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import RunPlan
from engine.recording.ending import Ending
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.wire.problem import Problem

EXPERIMENT = Experiment(
    variants=(Variant(name="mine", model=(ModelNode(layer="nn.ReLU()"),)),),
    inputs=(InputSpec(shape=(32, 10)),),
    plan=RunPlan(phase="backward"),
)
ENVIRONMENT = {"torch": "2.13", "cuda": None, "devices": [{"name": "cpu", "kind": "cpu", "driver": None}]}
COMPLETED = Ending(outcome="completed")
MODEL = BuiltModel(name="mine", layers=(BuiltLayer(path="", type="Net"),))


@dataclass
class Recorded:
    experiment: Experiment = EXPERIMENT
    environment: dict[str, Any] = field(default_factory=lambda: dict(ENVIRONMENT))
    models: tuple[BuiltModel, ...] = (MODEL,)
    ending: Ending | None = COMPLETED
    peak: dict[str, Any] = field(default_factory=lambda: {"peak_allocated_bytes": 4096})

    def peak_memory(self, variant: int) -> dict[str, Any]:
        return self.peak


SUMMARY = VariantSummary(
    name="mine",
    steps=StepStatistics(count=7, median_us=2, mean_us=2, min_us=1, max_us=4, p10_us=1, p90_us=3, mad_us=0.5),
    windows=2,
    profiled_steps=4,
    measured_on="cpu",
    attributed_share=0.75,
    total_us=4.0,
    layers=(
        LayerRow(path="", type="Net", forward_us=1, backward_us=2, calls=1, kernel_count=3),
        LayerRow(path="unattributed", type="", kind="unattributed", forward_us=1, kernel_count=1),
    ),
    kernels=(
        KernelRow(
            name="aten::mm",
            kind="operator",
            count=8,
            total_us=16,
            mean_us=2,
            min_us=1,
            max_us=3,
            per_step_us=4,
            share=1,
            layers=("",),
        ),
    ),
    completeness=Completeness(events=9, launches=None, kernels=None, kernels_matched=None, reason="on a CPU"),
)


def report(recorded: Recorded | None = None, *variants: VariantSummary, share: float | None = 0.07) -> Any:
    summary = RunSummary(variants=variants, profiling_share=share)
    found = run_report(recorded or Recorded(), summary)
    return json.loads(json.dumps(found, allow_nan=False))


def test_that_a_completed_run_has_every_promised_key() -> None:
    found = report(None, SUMMARY)
    assert (found["schema"], found["outcome"], found["error"]) == (1, "completed", None)
    assert found["profiling_share"] == 0.07
    assert found["plan"]["phase"] == "backward"
    assert found["inputs"][0]["shape"] == [32, 10]
    (variant,) = found["variants"]
    assert variant["model"] == ["nn.ReLU()"]
    assert (variant["name"], variant["steps"], variant["windows"]) == ("mine", 7, 2)
    assert variant["step_time_us"] == {
        "median": 2, "mean": 2, "min": 1, "max": 4, "p10": 1, "p90": 3, "mad": 0.5
    }  # fmt: skip
    assert variant["attributed_share"] == 0.75
    assert variant["memory"] == {"peak_allocated_bytes": 4096}
    layer, unattributed = variant["layers"]
    assert {"path", "type", "forward_us", "backward_us", "calls", "kernel_count"} <= layer.keys()
    assert (layer["kind"], unattributed["kind"]) == ("layer", "unattributed")
    assert unattributed["calls"] is None
    assert unattributed["calls_unavailable"]
    (kernel,) = variant["kernels"]
    assert {
        "name",
        "kind",
        "count",
        "total_us",
        "mean_us",
        "min_us",
        "max_us",
        "per_step_us",
    } <= kernel.keys()


def test_that_what_is_not_available_is_null_with_its_reason() -> None:
    found = report(None, SUMMARY)
    assert found["environment"]["cuda"] is None
    assert "CUDA" in found["environment"]["cuda_unavailable"]
    assert found["environment"]["devices"] == [
        {"name": "cpu", "kind": "cpu", "driver": None, "driver_unavailable": "not known of cpu devices"}
    ]
    complete = found["variants"][0]["completeness"]
    assert (complete["launches"], complete["launches_unavailable"]) == (None, "on a CPU")


def test_that_without_a_backward_pass_its_time_is_unavailable_and_not_zero() -> None:
    recorded = Recorded()
    recorded.experiment = replace(recorded.experiment, plan=RunPlan(phase="forward"))
    layer = report(recorded, SUMMARY)["variants"][0]["layers"][0]
    assert layer["backward_us"] is None
    assert "no backward pass" in layer["backward_us_unavailable"]


KEYS_OF_A_VARIANT = ("device", "dtype", "measured_on", "step_time_us", "total_us", "attributed_share")


def test_that_a_run_that_failed_before_it_built_anything_still_names_its_variants() -> None:
    problem = Problem("It broke.", "mine", "Mend it.", "Traceback …")
    recorded = Recorded(models=(), environment={}, peak={}, ending=Ending(outcome="failed", problem=problem))
    found = report(recorded, share=None)
    assert found["error"] == {
        "what": "It broke.",
        "where": "mine",
        "hint": "Mend it.",
        "traceback": "Traceback …",
    }
    assert found["environment"] is None
    assert found["environment_unavailable"]
    assert found["profiling_share"] is None
    assert found["profiling_share_unavailable"]
    (variant,) = found["variants"]
    assert variant["name"] == "mine"
    for key in (*KEYS_OF_A_VARIANT, "layers", "kernels", "memory", "completeness"):
        assert variant[key] is None
        assert variant[f"{key}_unavailable"]


def test_that_layers_in_a_compiled_region_are_unavailable_and_not_zero() -> None:
    region, inner, plain = (
        LayerRow(path="block", type="Block", forward_us=2.0, compiled_region="block"),
        LayerRow(path="block.linear", type="Linear", compiled_region="block"),
        LayerRow(path="linear", type="Linear"),
    )
    recorded = Recorded(experiment=replace(EXPERIMENT, plan=RunPlan(phase="backward")))
    rows = report(recorded, replace(SUMMARY, layers=(region, inner, plain)))["variants"][0]["layers"]
    assert (rows[0]["forward_us"], rows[0]["compiled_region"]) == (2, "block")
    assert rows[1]["compiled_region"] == "block"
    assert (rows[2]["forward_us"], rows[2]["compiled_region"]) == (0, None)
    for key in (
        "forward_us",
        "backward_us",
        "forward_total_us",
        "backward_total_us",
        "calls",
        "kernel_count",
    ):
        assert rows[1][key] is None
        assert "torch.compile, block is one region" in rows[1][f"{key}_unavailable"]


def test_that_a_recording_without_an_ending_is_a_crash() -> None:
    found = report(Recorded(ending=None), SUMMARY)
    assert found["outcome"] == "crashed"
    assert "cut off" in found["error"]["what"]


def test_that_a_variant_without_windows_has_steps_but_no_layers() -> None:
    bare = replace(
        SUMMARY,
        windows=0,
        profiled_steps=0,
        layers=(),
        kernels=(),
        attributed_share=None,
        total_us=0.0,
        completeness=None,
    )
    (variant,) = report(None, bare)["variants"]
    assert variant["step_time_us"]["median"] == 2
    assert variant["layers"] is None
    assert "window" in variant["layers_unavailable"]
    assert variant["total_us"] is None
    recorded = Recorded(experiment=replace(EXPERIMENT, plan=RunPlan(budget_percent=0)))
    (variant,) = report(recorded, bare)["variants"]
    assert "budget" in variant["layers_unavailable"]


def test_that_unmeasured_memory_says_why() -> None:
    reason = "torch counts no peak memory on mps devices"
    (variant,) = report(Recorded(peak={"peak_allocated_bytes_unavailable": reason}), SUMMARY)["variants"]
    assert variant["memory"] == {
        "peak_allocated_bytes": None,
        "peak_allocated_bytes_unavailable": reason,
    }


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_that_a_number_json_cannot_hold_becomes_null_with_its_reason(number: float) -> None:
    found = report(None, replace(SUMMARY, total_us=number), share=number)
    assert found["profiling_share"] is None
    assert "finite" in found["profiling_share_unavailable"]
    assert found["variants"][0]["total_us"] is None
