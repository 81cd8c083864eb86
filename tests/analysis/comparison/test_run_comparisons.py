from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from engine.analysis.comparison.comparison_report import comparison_report
from engine.analysis.comparison.run_comparisons import run_comparisons, sides_of
from engine.analysis.results import RunSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.experiment.comparison_plan import ComparisonPlan
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.run_plan import Overrides
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.memory_sample import TelemetrySample
from engine.trace.same_work import SameWork, TensorComparison
from engine.trace.step_table import StepTable, step_table
from tests.analysis.comparison.sides import in_turns

NAMES = ("slow", "fast", "middling")


@dataclass
class FakeRun:
    """What a recording tells of a run."""

    experiment: Experiment
    models: Sequence[BuiltModel]
    recorded: StepTable
    equality: Sequence[SameWork] = ()
    environment: Mapping[str, Any] = field(default_factory=lambda: {"torch": "2.13.0"})

    def steps(self) -> StepTable:
        return self.recorded

    def telemetry(self) -> Sequence[TelemetrySample]:
        return ()

    def same_work(self) -> Sequence[SameWork]:
        return self.equality


def run_of(baseline: str = "", built: int = 3, steps: StepTable | None = None, **more: Any) -> FakeRun:
    experiment = Experiment(
        variants=tuple(Variant(name=name, model=(), overrides=Overrides(batch=4)) for name in NAMES),
        inputs=(),
        comparison=ComparisonPlan(baseline=baseline),
    )
    layers = (BuiltLayer(path="", type="Sequential"),)
    models = [BuiltModel(name=name, layers=layers) for name in NAMES[:built]]
    if steps is None:
        steps = in_turns(*([[us] * 5] * 10 for us in (300.0, 100.0, 200.0)))
    return FakeRun(experiment, models, steps, **more)


def summary_of(run: FakeRun) -> RunSummary:
    return RunAnalysis(run.models).summary(run.steps())


@pytest.mark.parametrize(
    ("named", "given", "pairs"),
    [
        ("", None, [("slow", "fast"), ("slow", "middling")]),
        ("fast", None, [("fast", "slow"), ("fast", "middling")]),
        ("nobody", None, [("slow", "fast"), ("slow", "middling")]),
        ("fast", 2, [("middling", "slow"), ("middling", "fast")]),
    ],
)
def test_that_every_other_variant_is_compared_with_the_baseline(
    named: str, given: int | None, pairs: list[tuple[str, str]]
) -> None:
    run = run_of(named)
    found = run_comparisons(run, summary_of(run), given)
    assert [(each.baseline, each.variant) for each in found] == pairs
    assert all(each.ratio is not None and each.ratio.is_paired for each in found)


def test_that_ratios_are_those_of_the_variants() -> None:
    run = run_of("fast")
    slow, middling = run_comparisons(run, summary_of(run))
    assert slow.ratio is not None
    assert middling.ratio is not None
    assert (slow.ratio.ratio, middling.ratio.ratio) == (3, 2)
    assert (slow.headline, middling.ratio.verdict) == ("3.0× slower (95 %: 3.0 to 3.0)", "slower")


def test_that_a_run_that_has_just_begun_claims_nothing() -> None:
    run = run_of(steps=step_table())
    found = run_comparisons(run, summary_of(run))
    assert [each.headline for each in found] == ["Nothing measured yet"] * 2
    assert all(each.ratio is None and each.explanation is None for each in found)
    report = comparison_report(found[0])
    assert report["ratio"] is None
    assert report["ratio_unavailable"] == report["explanation_unavailable"] == "Nothing measured yet"


@pytest.mark.parametrize("built", [0, 1])
def test_that_fewer_than_two_built_variants_are_not_compared(built: int) -> None:
    run = run_of(built=built)
    assert run_comparisons(run, summary_of(run)) == ()


def test_that_a_baseline_that_was_not_built_leaves_nothing_to_compare_with() -> None:
    run = run_of("middling", built=2)
    assert run_comparisons(run, summary_of(run)) == ()


EQUAL = SameWork(baseline=0, variant=1, outputs_equal=True, gradients_equal=True)


def test_that_each_pair_has_its_own_equality() -> None:
    run = run_of(equality=[EQUAL])
    fast, middling = run_comparisons(run, summary_of(run))
    assert fast.same_work == EQUAL
    assert middling.same_work is None


def test_that_sides_have_what_is_known_of_their_variant() -> None:
    run = run_of()
    sides = sides_of(run, summary_of(run))
    assert [side.name for side in sides] == list(NAMES)
    assert all(set(side.steps.variant) == {number} for number, side in enumerate(sides))
    assert all(side.overrides.batch == 4 and not side.is_trace for side in sides)
    assert sides[0].plan == run.experiment.plan
    trace = run_of(environment={"trace": {"schemaVersion": 1}})
    assert all(side.is_trace and side.plan is None for side in sides_of(trace, summary_of(trace)))


KEYS = (
    "baseline",
    "variant",
    "ratio",
    "interval_95",
    "verdict",
    "outputs_equal",
    "gradients_equal",
    "max_abs_error",
    "max_rel_error",
    "explanation",
)


def tensor(abs_error: float | None, rel_error: float | None) -> TensorComparison:
    return TensorComparison(
        name="output",
        role="output",
        dtype="float32",
        shape=(2,),
        is_equal=abs_error is not None,
        max_abs_error=abs_error,
        max_rel_error=rel_error,
    )


def report_of(same: SameWork | None) -> dict[str, Any]:
    run = run_of(equality=[same] if same else [])
    report = comparison_report(run_comparisons(run, summary_of(run))[0])
    assert json.loads(json.dumps(report)) == json.loads(json.dumps(report, sort_keys=True))
    return report


def test_that_the_report_begins_with_the_keys_it_promises() -> None:
    report = report_of(EQUAL)
    assert tuple(report)[: len(KEYS)] == KEYS
    assert report["ratio"] == 1 / 3
    assert report["interval_95"] == [1 / 3, 1 / 3]
    assert report["verdict"] == "faster"
    assert (report["outputs_equal"], report["gradients_equal"]) == (True, True)
    assert report["delta_us"] == pytest.approx(-200)
    assert report["explanation"] == []
    assert "no window of it was profiled yet" in report["explanation_unavailable"]


def test_that_the_report_has_the_largest_errors_of_all_tensors() -> None:
    tensors = (tensor(1e-6, 1e-4), tensor(3e-6, None), tensor(None, 2e-5))
    report = report_of(SameWork(baseline=0, variant=1, outputs_equal=True, tensors=tensors))
    assert (report["max_abs_error"], report["max_rel_error"]) == (3e-6, 1e-4)
    assert len(report["same_work"]["tensors"]) == 3


def test_that_each_null_of_the_report_has_its_reason() -> None:
    unknown = SameWork(baseline=0, variant=1, reason="Not comparable: random numbers.")
    report = report_of(unknown)
    for key in ("outputs_equal", "gradients_equal", "max_abs_error", "max_rel_error"):
        assert report[key] is None
        assert report[f"{key}_unavailable"] == "Not comparable: random numbers."
    none = report_of(None)
    assert none["same_work"] is None
    assert none["outputs_equal_unavailable"] == "whether both do the same work was not compared"


def test_that_an_infinite_error_is_no_number_of_the_report() -> None:
    report = report_of(SameWork(baseline=0, variant=1, tensors=(tensor(float("inf"), 1.0),)))
    assert report["max_abs_error"] is None
    assert report["max_abs_error_unavailable"] == "an error is infinite or not a number"
    assert report["max_rel_error"] == 1.0
