from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from engine.analysis.completeness import Completeness
from engine.analysis.results import (
    CPU_PARTS,
    DEVICE_PARTS,
    BreakdownPart,
    KernelRow,
    LaunchSummary,
    LayerRow,
    QueueSummary,
    RunSummary,
    SpreadFlag,
    SpreadFlags,
    StepBreakdown,
    StepStatistics,
    VariantSummary,
)
from engine.analysis.run_report import run_report
from engine.analysis.variant_work import variant_work
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import RunPlan
from engine.recording.ending import Ending
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.step_work import OwnerWork, StepWork, Work
from engine.wire.problem import Problem
from tests.analysis.memory_profiles import profile
from tests.analysis.test_layer_work import STEP_WORK
from tests.analysis.test_layer_work import summary as worked_summary

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
    steps=StepStatistics(
        count=7,
        median_us=2,
        mean_us=2,
        min_us=1,
        max_us=4,
        mad_us=0.5,
        median_interval_95_us=(1.99, 2.01),
        p1_us=1,
        p5_us=1,
        p10_us=1,
        p25_us=1.5,
        p75_us=2.5,
        p90_us=3,
        p95_us=3.5,
        p99_us=4,
    ),
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
        "median": 2, "interval_95": [1.99, 2.01], "mean": 2, "min": 1, "max": 4, "mad": 0.5,
        "p1": 1, "p5": 1, "p10": 1, "p25": 1.5, "p75": 2.5, "p90": 3, "p95": 3.5, "p99": 4,
    }  # fmt: skip
    assert variant["is_stable"] is True
    assert (variant["flags"], variant["flags_unknown"]) == ([], {})
    assert variant["attributed_share"] == 0.75
    assert variant["memory"]["peak_allocated_bytes"] == 4096
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


def test_that_flags_and_what_nobody_looked_for_are_told() -> None:
    drift = SpreadFlag(kind="drift", count=7, text="Steps got slower.", advice="Let it cool.")
    flags = SpreadFlags(found=(drift,), unknown=(("throttled", "a CPU"),))
    (variant,) = report(None, replace(SUMMARY, flags=flags))["variants"]

    assert variant["flags"] == [
        {"kind": "drift", "count": 7, "text": "Steps got slower.", "advice": "Let it cool."}
    ]
    assert variant["flags_unknown"] == {"throttled": "a CPU"}


def test_that_few_steps_have_no_interval_and_are_neither_stable_nor_not() -> None:
    assert SUMMARY.steps is not None
    few = replace(SUMMARY, steps=replace(SUMMARY.steps, count=5, median_interval_95_us=None))
    (variant,) = report(None, few)["variants"]

    assert variant["step_time_us"]["interval_95"] is None
    assert "fewer than 6 steps" in variant["step_time_us"]["interval_95_unavailable"]
    assert variant["is_stable"] is None
    assert variant["is_stable_unavailable"]


def test_that_a_wide_interval_is_not_stable() -> None:
    assert SUMMARY.steps is not None
    wide = replace(SUMMARY, steps=replace(SUMMARY.steps, median_interval_95_us=(1.97, 2.01)))

    assert report(None, wide)["variants"][0]["is_stable"] is False


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
    assert variant["memory"]["peak_allocated_bytes"] is None
    assert variant["memory"]["peak_allocated_bytes_unavailable"] == reason
    assert variant["memory"]["step"] is None
    assert "no profile" in variant["memory"]["step_unavailable"]


def assert_null_has_its_reason(value: Any, place: str = "") -> None:
    """Fail where a null stands without the sibling that says why."""
    if isinstance(value, dict):
        for key, item in value.items():
            assert item is not None or value.get(f"{key}_unavailable"), f"{place}.{key}"
            assert_null_has_its_reason(item, f"{place}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            assert_null_has_its_reason(item, f"{place}[{number}]")


WORKS = {
    "counted": STEP_WORK,
    "failed": StepWork(flops_unavailable="it failed", bytes_unavailable="it failed"),
    "no bytes": replace(STEP_WORK, bytes_unavailable="compiled"),
    "unknown": StepWork(
        owners=(OwnerWork(kind="layer", path="", forward=Work(unknown_ops={"mine::op": 1}), backward=Work()),)
    ),
    "never": None,
}


@pytest.mark.parametrize("name", WORKS)
def test_that_every_number_of_work_and_memory_is_there_or_says_why(name: str) -> None:
    (variant,) = report(None, worked_summary(WORKS[name], profile()))["variants"]

    assert_null_has_its_reason(variant)
    step = variant["memory"]["step"]
    assert sum(row["alive_bytes"] for row in step["layers"]) == step["peak_bytes"]
    assert sum(row["bytes"] for row in step["kinds"]) == step["peak_bytes"]
    assert sum(row["bytes"] for row in step["largest"]) + step["other_bytes"] == step["peak_bytes"]


def test_that_the_report_names_unknown_operators_and_gives_their_flops_no_number() -> None:
    (variant,) = report(None, worked_summary(WORKS["unknown"], None))["variants"]

    assert variant["work"]["flops"] is None
    assert "mine::op" in variant["work"]["flops_unavailable"]
    assert variant["layers"][0]["unknown_ops"] == ["mine::op"]
    assert "mine::op" in variant["layers"][0]["flops_total_unavailable"]


def test_that_rates_without_a_timed_step_are_missing_for_want_of_time_and_not_of_counts() -> None:
    found = replace(worked_summary(STEP_WORK, None), steps=None, work=variant_work(STEP_WORK, None))
    (variant,) = report(None, found)["variants"]

    assert variant["work"]["flops"] == 3344
    for key in ("achieved_flops_per_second", "achieved_bytes_per_second"):
        assert "no bare step" in variant["work"][f"{key}_unavailable"]


def test_that_work_that_moves_nothing_has_no_intensity_for_that_reason() -> None:
    still = StepWork(owners=(OwnerWork(kind="layer", path="", forward=Work(flops=5), backward=Work()),))
    (variant,) = report(None, worked_summary(still, None))["variants"]

    for found in (variant["work"], variant["layers"][0]):
        assert found["arithmetic_intensity_unavailable"] == "it moves nothing"


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_that_a_number_json_cannot_hold_becomes_null_with_its_reason(number: float) -> None:
    found = report(None, replace(SUMMARY, total_us=number), share=number)
    assert found["profiling_share"] is None
    assert "finite" in found["profiling_share_unavailable"]
    assert found["variants"][0]["total_us"] is None


def test_that_a_breakdown_on_a_cpu_has_the_hosts_parts_and_says_why_it_has_no_others() -> None:
    parts = tuple(BreakdownPart(name, 2.0 if name == "operators" else 0.5) for name in CPU_PARTS)
    breakdown = StepBreakdown(basis="cpu", steps=4, wall_us=4.0, parts=parts)
    (variant,) = report(None, replace(SUMMARY, breakdown=breakdown))["variants"]
    found = variant["breakdown"]
    assert sum(found["host"].values()) == found["wall_us"] == 4.0
    for key in (
        "device",
        "kernel_us",
        "memcpy_us",
        "between_kernels_us",
        "waiting_for_host_us",
        "unknown_us",
    ):
        assert found[key] is None
        assert "CPU" in found[f"{key}_unavailable"]


def test_that_a_breakdown_on_a_device_sums_to_the_wall_time() -> None:
    parts = tuple(BreakdownPart(name, float(place)) for place, name in enumerate(DEVICE_PARTS))
    breakdown = StepBreakdown(basis="device", steps=4, wall_us=45.0, parts=parts, device=1, devices=2)
    (variant,) = report(None, replace(SUMMARY, breakdown=breakdown))["variants"]
    found = variant["breakdown"]
    whole = ("kernel_us", "memcpy_us", "memset_us", "between_kernels_us", "waiting_for_host_us", "unknown_us")
    assert sum(found[key] for key in whole) == found["wall_us"] == 45.0
    assert sum(found["host"].values()) == found["waiting_for_host_us"]
    assert (found["device"], found["devices"]) == (1, 2)
    assert not [key for key in found if key.endswith("_unavailable")]


def test_that_a_variant_without_a_breakdown_says_why() -> None:
    (variant,) = report(None, SUMMARY)["variants"]
    assert variant["breakdown"] is None
    assert variant["breakdown_unavailable"]


def test_that_launches_are_null_with_the_reason_that_fits() -> None:
    on_device = LayerRow(path="", type="Net", gap_count=0.0, launches=2.0, launch_overhead_us=7.0)
    unseen = LayerRow(path="a", type="Net", gap_count=3.0, mean_gap_us=1.5)
    on_cpu = LayerRow(path="b", type="Net")
    (variant,) = report(None, replace(SUMMARY, layers=(on_device, unseen, on_cpu)))["variants"]
    first, second, third = variant["layers"]
    assert (first["launches"], first["launch_overhead_us"], first["mean_gap_us"]) == (2.0, 7.0, None)
    assert "same step" in first["mean_gap_us_unavailable"]
    assert (second["launches"], second["mean_gap_us"]) == (None, 1.5)
    assert "runtime calls" in second["launches_unavailable"]
    for key in ("launches", "launch_overhead_us", "gap_count", "mean_gap_us"):
        assert third[key] is None
        assert "CPU" in third[f"{key}_unavailable"]


def on_device(kind: str, **fields: Any) -> KernelRow:
    return replace(SUMMARY.kernels[0], name=kind, kind=kind, **fields)


LAUNCH = LaunchSummary(
    grid=(30, 4, 1),
    block=(384, 1, 1),
    configurations=2,
    registers_per_thread=168,
    shared_memory_bytes=231424,
    blocks_per_sm=0.95,
    occupancy_reason="torch can't tell",
)
QUEUE = QueueSummary(mean_length=None, max_length=3, mean_wait_us=1.5, matched=4, device_events=5)


def test_that_kernels_say_their_library_and_launch_and_copies_their_bytes() -> None:
    summary = replace(
        SUMMARY,
        measured_on="device",
        kernels=(
            on_device("kernel", library="cuBLAS", launch=LAUNCH),
            on_device("kernel", library="user", device_reason="a graph"),
            on_device("memcpy", bytes=4096, bytes_per_second=2e9),
            on_device("memset", device_reason="no bytes"),
            SUMMARY.kernels[0],
        ),
    )
    told, silent, copy, fill, operator = report(None, summary)["variants"][0]["kernels"]

    assert (told["library"], silent["library"]) == ("cuBLAS", "user")
    assert told["launch"] == {
        "configurations": 2,
        "grid": [30, 4, 1],
        "block": [384, 1, 1],
        "registers_per_thread": 168,
        "shared_memory_bytes": 231424,
        "blocks_per_sm": 0.95,
        "occupancy_percent": None,
        "occupancy_percent_unavailable": "torch can't tell",
    }
    assert (silent["launch"], silent["launch_unavailable"]) == (None, "a graph")
    assert (copy["bytes"], copy["bytes_per_second"]) == (4096, 2e9)
    assert (fill["bytes"], fill["bytes_unavailable"]) == (None, "no bytes")
    assert {"library", "launch", "bytes"} & operator.keys() == set()
    assert {"launch", "library"} & copy.keys() == set()


def test_that_the_launch_queue_is_there_or_says_why_not() -> None:
    (variant,) = report(None, replace(SUMMARY, measured_on="device", launch_queue=QUEUE))["variants"]
    queue = variant["launch_queue"]
    assert (queue["max_length"], queue["mean_wait_us"], queue["matched"]) == (3, 1.5, 4)
    assert (queue["mean_length"], queue["mean_length_unavailable"]) == (None, "the launches span no time")

    (variant,) = report(None, SUMMARY)["variants"]
    assert (variant["launch_queue"], variant["launch_queue_unavailable"]) == (None, "nothing ran on a device")
