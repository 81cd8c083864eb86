"""What the run before said, beside what this one says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.analysis.results import RunSummary, StepStatistics, VariantSummary
from engine.analysis.step_change import step_changes
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Overrides, RunPlan


def experiment(layer: str = "nn.Linear(10, 10)", **plan: object) -> Experiment:
    return Experiment(
        variants=(Variant(name="mine", model=(ModelNode(layer=layer),)),),
        inputs=(InputSpec(shape=(32, 10)),),
        plan=RunPlan(**plan),
    )


def summary(median_us: float, reach_us: float | None = 1.0) -> RunSummary:
    interval = None if reach_us is None else (median_us - reach_us, median_us + reach_us)
    names = ("mean", "min", "max", "p1", "p5", "p10", "p25", "p75", "p90", "p95", "p99", "mad")
    steps = StepStatistics(
        count=100,
        median_us=median_us,
        median_interval_95_us=interval,
        **{f"{name}_us": median_us for name in names},
    )
    variant = VariantSummary(
        name="mine",
        steps=steps,
        windows=0,
        profiled_steps=0,
        measured_on="cpu",
        attributed_share=None,
        total_us=0.0,
        layers=(),
        kernels=(),
        completeness=None,
    )
    return RunSummary(variants=(variant,), profiling_share=None)


def test_that_a_faster_layer_is_told_with_what_it_was_before() -> None:
    before, now = (experiment(), summary(100.0)), (experiment("nn.ReLU()"), summary(80.0))
    (change,) = step_changes(before, now)
    assert change is not None
    assert (change.before_us, change.now_us, change.is_told_apart) == (100.0, 80.0, True)
    assert change.share == pytest.approx(-0.2)


def test_that_overlapping_intervals_are_no_difference() -> None:
    (change,) = step_changes((experiment(), summary(100.0, 3.0)), (experiment(), summary(104.0, 3.0)))
    assert change is not None
    assert not change.is_told_apart


@pytest.mark.parametrize("plan", [{"dtype": "float64"}, {"phase": "training"}, {"threads": 1}])
def test_that_a_run_under_other_settings_is_no_measure(plan: dict[str, object]) -> None:
    assert step_changes((experiment(), summary(100.0)), (experiment(**plan), summary(80.0))) == (None,)


@pytest.mark.parametrize("plan", [{"seconds": 1.0}, {"steps": 5}, {"budget_percent": 50.0}])
def test_that_the_length_of_a_run_is_no_setting(plan: dict[str, object]) -> None:
    (change,) = step_changes((experiment(), summary(100.0)), (experiment(**plan), summary(80.0)))
    assert change is not None


def test_that_other_inputs_names_or_overrides_are_no_measure() -> None:
    now = experiment()
    others = (
        replace(now, inputs=(InputSpec(shape=(64, 10)),)),
        replace(now, variants=(replace(now.variants[0], name="another"),)),
        replace(now, variants=(replace(now.variants[0], overrides=Overrides(mode="eval")),)),
    )
    for other in others:
        assert step_changes((other, summary(100.0)), (now, summary(80.0))) == (None,)


def test_that_a_median_that_is_not_known_is_not_compared() -> None:
    for before, now in ((None, 1.0), (1.0, None)):
        changes = step_changes((experiment(), summary(100.0, before)), (experiment(), summary(80.0, now)))
        assert changes == (None,)
