from __future__ import annotations

from typing import Any

import pytest

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.results import UnlikeCondition
from engine.analysis.comparison.side import Side
from engine.analysis.comparison.unlike import unlike_conditions
from engine.analysis.completeness import Completeness
from engine.analysis.loss import Loss, LossKind
from engine.analysis.results import SpreadFlag, SpreadFlags
from engine.experiment.input_spec import InputSpec
from engine.experiment.run_plan import Optimizer, Overrides, RunPlan
from engine.trace.built_model import BuiltModel
from engine.trace.memory_sample import TelemetrySample
from engine.trace.same_work import SameWork, TensorComparison
from tests.analysis.comparison.sides import BEGIN_NS, kernel, side

ENVIRONMENT: dict[str, Any] = {
    "torch": "2.13.0",
    "python": "3.11.7",
    "cuda": "12.9",
    "cudnn": "9.1.0",
    "host": "lab",
    "platform": "Linux",
    "threads": 8,
    "allow_tf32": False,
    "cudnn_benchmark": False,
    "devices": [{"name": "cuda:0", "title": "NVIDIA H100", "driver": "575.1"}],
}


def gpu_side(environment: dict[str, Any] | None = None, **more: Any) -> Side:
    return side("a", [kernel("gemm", 10.0)], environment=environment or ENVIRONMENT, **more)


def unlike(first: Side, second: Side, same_run: bool = False) -> dict[str, tuple[str, str]]:
    return {each.name: (each.baseline, each.variant) for each in unlike_conditions(first, second, same_run)}


def test_that_like_sides_have_nothing_unlike() -> None:
    assert unlike(gpu_side(), gpu_side()) == {}


@pytest.mark.parametrize(
    ("change", "name", "texts"),
    [
        ({"torch": "2.6.0"}, "torch", ("2.13.0", "2.6.0")),
        ({"python": "3.14.0"}, "Python", ("3.11.7", "3.14.0")),
        ({"threads": 2}, "threads", ("8", "2")),
        ({"allow_tf32": True}, "TF32", ("off", "on")),
        ({"cudnn_benchmark": True}, "cuDNN autotuning", ("off", "on")),
        ({"cuda": "13.0"}, "CUDA", ("12.9", "13.0")),
        ({"host": "desk"}, "host", ("lab", "desk")),
        (
            {"devices": [{"name": "cuda:0", "title": "NVIDIA A100", "driver": "575.1"}]},
            "device",
            ("NVIDIA H100 (cuda:0)", "NVIDIA A100 (cuda:0)"),
        ),
        (
            {"devices": [{"name": "cuda:0", "title": "NVIDIA H100", "driver": "600"}]},
            "driver",
            ("575.1", "600"),
        ),
    ],
)
def test_that_a_machine_that_differs_is_told(
    change: dict[str, Any], name: str, texts: tuple[str, str]
) -> None:
    other = gpu_side({**ENVIRONMENT, **change})
    assert unlike(gpu_side(), other) == {name: texts}
    # Of one run there is one machine.
    assert unlike(gpu_side(), other, same_run=True).keys() <= {"device"}


@pytest.mark.parametrize(
    ("plan", "name", "texts"),
    [
        ({"phase": "backward"}, "phase", ("forward", "backward")),
        ({"cache": "cold"}, "cache", ("warm", "cold")),
        ({"autocast": "bfloat16"}, "autocast", ("off", "bfloat16")),
        ({"mode": "eval"}, "mode", ("train", "eval")),
        ({"channels_last": True}, "channels last", ("off", "on")),
        ({"fresh_inputs": True}, "fresh inputs", ("off", "on")),
        ({"gradients": "keep"}, "gradients", ("none", "keep")),
    ],
)
def test_that_a_plan_that_differs_is_told(plan: dict[str, Any], name: str, texts: tuple[str, str]) -> None:
    assert unlike(gpu_side(), gpu_side(plan=RunPlan(**plan))) == {name: texts}


def test_that_optimizers_count_in_training_alone() -> None:
    for phase, names in (("forward", set()), ("training", {"optimizer"})):
        sides = [
            gpu_side(plan=RunPlan(phase=phase, optimizer=Optimizer(name=name))) for name in ("SGD", "AdamW")
        ]
        assert unlike(sides[0], sides[1]).keys() == names


def test_that_overrides_of_variants_of_one_run_are_told() -> None:
    other = gpu_side(overrides=Overrides(mode="eval", batch=64, autocast="float16"))
    assert unlike(gpu_side(), other, same_run=True) == {
        "mode": ("train", "eval"),
        "batch": ("that of the inputs", "64"),
        "autocast": ("off", "float16"),
    }


def test_that_a_batch_of_its_own_is_unlike_only_if_the_inputs_have_another() -> None:
    inputs = (InputSpec(shape=(32, 10)),)
    sides = [gpu_side(inputs=inputs, overrides=Overrides(batch=batch)) for batch in (None, 32, 64)]
    assert unlike(sides[0], sides[1], same_run=True) == {}
    assert unlike(sides[0], sides[2], same_run=True) == {"batch": ("32", "64")}


def test_that_dtype_compile_and_inputs_are_told() -> None:
    first = gpu_side(inputs=(InputSpec(shape=(32, 10)),))
    second = gpu_side(inputs=(InputSpec(shape=(64, 10)),))
    model = BuiltModel(
        name="a", layers=first.model.layers, device="cuda:0", dtype="float16", is_compiled=True
    )
    object.__setattr__(second, "model", model)
    assert unlike(first, second) == {
        "dtype": ("float32", "float16"),
        "torch.compile": ("off", "on"),
        "batch": ("32", "64"),
        "inputs": ("32×10 normal", "64×10 normal"),
    }


@pytest.mark.parametrize(("mhz", "is_told"), [(1900.0, False), (1700.0, True)])
def test_that_clocks_that_differ_by_over_three_percent_are_told(mhz: float, is_told: bool) -> None:
    def at(clock: float) -> list[TelemetrySample]:
        # The last sample is of after the steps: an idle clock.
        times = (BEGIN_NS + 1, BEGIN_NS + 2, BEGIN_NS + 10**12)
        return [
            TelemetrySample(time_ns=t, device_clock_mhz=c)
            for t, c in zip(times, (clock, clock, 210.0), strict=True)
        ]

    found = unlike(gpu_side(telemetry=at(1905.0)), gpu_side(telemetry=at(mhz)))
    assert found == ({"median clock": ("1905 MHz", "1700 MHz")} if is_told else {})


def flagged(kind: Any, count: int) -> SpreadFlags:
    return SpreadFlags(found=(SpreadFlag(kind=kind, count=count, text="seen"),))


def test_that_throttled_steps_are_unlike_and_warned_of() -> None:
    throttled = gpu_side(summary={"flags": flagged("throttled", 6)})
    assert unlike(gpu_side(), throttled, same_run=True) == {"throttled steps": ("0 %", "75.0 %")}
    found = compare_sides(gpu_side(), throttled, same_run=True)
    assert "75.0 % of the steps of “a” ran while the GPU was throttled." in found.warnings
    # Where nobody looked, nothing is claimed.
    unknown = gpu_side(summary={"flags": SpreadFlags(unknown=(("throttled", "no sensor"),))})
    assert unlike(unknown, throttled) == {}


def test_that_many_interruptions_are_warned_of() -> None:
    disturbed = gpu_side(summary={"flags": flagged("interrupted", 4)})
    found = compare_sides(gpu_side(), disturbed, same_run=True)
    assert "Other programs interrupted 50.0 % of the steps of “a”." in found.warnings


# ---- warnings

UNEQUAL = SameWork(
    baseline=0,
    variant=1,
    outputs_equal=False,
    gradients_equal=True,
    tensors=(
        TensorComparison(
            name="output",
            role="output",
            dtype="float32",
            shape=(2, 2),
            is_equal=False,
            max_abs_error=0.3,
            relative_tolerance=1.3e-6,
            absolute_tolerance=1e-5,
        ),
    ),
)


def test_that_unlike_work_is_the_first_warning() -> None:
    found = compare_sides(
        gpu_side(), gpu_side(summary={"flags": flagged("throttled", 6)}), UNEQUAL, same_run=True
    )
    assert found.warnings[0] == (
        "Outputs differ: output by up to 0.3 where 1e-05 and 1.3e-06 of the value are allowed. "
        "The times compare unlike work."
    )
    assert len(found.warnings) == 2


def test_that_outputs_of_other_shapes_are_unlike_work_with_the_reason() -> None:
    tensor = TensorComparison(
        name="output", role="output", dtype="float32", shape=(2,), is_equal=False, reason="Shapes differ."
    )
    same = SameWork(baseline=0, variant=1, outputs_equal=False, tensors=(tensor,))
    assert compare_sides(gpu_side(), gpu_side(), same, same_run=True).warnings == (
        "Outputs differ: shapes differ: the times compare unlike work.",
    )


def test_that_equal_work_is_no_warning_and_unknown_equality_is_one() -> None:
    equal = SameWork(baseline=0, variant=1, outputs_equal=True, gradients_equal=True)
    assert compare_sides(gpu_side(), gpu_side(), equal, same_run=True).warnings == ()
    unknown = SameWork(baseline=0, variant=1, reason="Not comparable: the model draws random numbers.")
    assert compare_sides(gpu_side(), gpu_side(), unknown, same_run=True).warnings == (
        "Whether both do the same work is not known: not comparable: the model draws random numbers.",
    )


def test_that_separate_runs_are_warned_of() -> None:
    found = compare_sides(gpu_side(), gpu_side())
    assert any("was not checked" in warning for warning in found.warnings)
    assert any("Separate processes differ by some percent" in warning for warning in found.warnings)


def test_that_an_incomplete_profile_is_warned_of() -> None:
    loss = Loss(kind=LossKind.SCATTERED_KERNELS, count=3, of=10)
    incomplete = Completeness(
        events=1, launches=10, kernels=7, kernels_matched=7, launches_matched=7, losses=(loss,)
    )
    found = compare_sides(gpu_side(), gpu_side(summary={"completeness": incomplete}), same_run=True)
    assert found.warnings == ("The profile of “a” is incomplete: its parts are at least what they say.",)


def test_that_unlike_conditions_stand_in_the_comparison() -> None:
    found = compare_sides(gpu_side(), gpu_side(plan=RunPlan(phase="backward")))
    assert found.unlike == (UnlikeCondition("phase", "forward", "backward"),)
