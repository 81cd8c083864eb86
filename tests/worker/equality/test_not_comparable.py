"""What can't be compared, is told of; what fails, costs the comparison alone."""

from __future__ import annotations

import pytest
import torch

from engine.experiment.experiment import Experiment
from engine.worker.stop import StopSignal
from tests.worker.equality.asked import (
    SentMessages,
    compared,
    comparison_of,
    experiment_of,
    sent_about,
    subjects_of,
    variant,
)


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ("Linear(16, 16, fault='tuple')", "baseline returns a tensor, variant [0] and [1]."),
        ("Linear(16, 16, fault='wide')", "output is 8×16 in baseline, 8×32 in variant."),
        ("Outputs('nothing')", "baseline returns a tensor, variant no tensor."),
        ("Linear(16, 16, fault='raises')", "variant fails: ValueError: no such layer."),
        (
            "nn.LayerNorm(16, bias=False)",
            "no parameter of variant has the shape of one of baseline, so they can't be given equal weights.",
        ),
    ],
)
def test_that_the_exact_reason_is_told(other: str, reason: str) -> None:
    baseline = "NoBias(16, 16)" if "LayerNorm" in other else "nn.Linear(16, 16)"
    result = compared(baseline, "Outputs('nothing')" if "nothing" in other else other)

    assert result.reason == f"Not comparable: {reason}"
    assert result.outputs_equal is None
    assert result.gradients_equal is None
    assert result.is_equal is None


def test_that_variants_with_other_inputs_are_not_compared() -> None:
    experiment = experiment_of(variant("a", "nn.ReLU()"), variant("b", "nn.ReLU()"))
    subjects = subjects_of(experiment)
    subjects[1].inputs = (torch.randn(4, 16),)
    (result,) = sent_about(experiment, subjects).same_work

    assert result.reason == "Not comparable: the inputs are 8×16 in a, 4×16 in b."


def test_that_a_backward_that_fails_leaves_the_outputs_compared() -> None:
    result = compared("nn.Linear(16, 16)", "NoBackward(16, 16)", phase="forward")

    assert result.outputs_equal is True
    assert result.gradients_equal is None
    assert result.is_equal is None
    assert "variant has none: RuntimeError: no backward here" in result.reason


def test_that_a_layer_that_hangs_in_float64_costs_its_reference_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.worker.equality.examined._LIMIT_S", 0.5)
    result = compared("nn.Linear(16, 16)", "Linear(16, 16, fault='hangs in double')")

    assert result.is_equal is True
    assert result.reference_reason == "variant took more than 0.5 s in float64."


def test_that_a_layer_that_hangs_costs_the_comparison_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.worker.equality.examined._LIMIT_S", 0.5)
    result = compared("nn.Linear(16, 16)", "Linear(16, 16, fault='hangs')")

    assert result.reason == "Not comparable: variant took more than 0.5 s."


def test_that_large_models_get_no_reference_and_larger_ones_no_comparison(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.worker.equality.examined._REFERENCE_BYTES", 1000)
    large = compared("nn.Linear(16, 16)", "Linear(16, 16)")
    monkeypatch.setattr("engine.worker.equality.examined._COMPARED_BYTES", 1000)
    larger = compared("nn.Linear(16, 16)", "Linear(16, 16)")

    assert large.is_equal is True
    assert "baseline takes 0 MB in float64: too much for a reference." in large.reference_reason
    assert larger.reason.startswith("Not comparable: baseline holds 0.0 GB: too much for a copy to compare.")


def test_that_a_failure_of_the_comparison_itself_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise torch.OutOfMemoryError("no memory left")

    monkeypatch.setattr("engine.worker.equality.judgement.difference", fail)
    result = compared("nn.Linear(16, 16)", "Linear(16, 16)")

    assert result.reason == "Not comparable: OutOfMemoryError: no memory left"


def test_that_a_failure_to_share_weights_is_a_reason_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("no weights")

    monkeypatch.setattr("engine.worker.equality.compare.share_weights", fail)
    result = compared("nn.Linear(16, 16)", "Linear(16, 16)")

    assert result.reason == "Not comparable: RuntimeError: no weights"


def test_that_after_a_stop_nothing_is_asked_nor_sent() -> None:
    experiment = experiment_of(variant("a", "Linear(16, 16, fault='raises')"), variant("b", "nn.ReLU()"))
    stop, sent = StopSignal(), SentMessages()
    stop.set()
    comparison = comparison_of(experiment, subjects_of(experiment), sent, stop)
    comparison.begin()
    comparison.finish()

    assert sent.messages == []


def numbered(count: int) -> Experiment:
    return experiment_of(*(variant(f"v{number}", "nn.Linear(16, 16)") for number in range(count)))


def test_that_up_to_four_variants_are_compared_each_with_each() -> None:
    four = sent_about(numbered(4)).same_work
    five = sent_about(numbered(5)).same_work

    assert [(r.baseline, r.variant) for r in four] == [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    assert all(r.is_equal for r in four)
    assert four[-1].weights_note.startswith("v2 and v3 have 2 tensors of v0 in common.")
    assert [(r.baseline, r.variant) for r in five] == [(0, 1), (0, 2), (0, 3), (0, 4)]


def test_that_pairs_without_the_baseline_go_by_each_others_names() -> None:
    experiment = experiment_of(
        variant("a", "nn.Linear(16, 8)"),
        variant("b", "Renamed(16, 8, transposed=True)", weights={"layer.kernel": "layer.weight.T"}),
        variant("c", "Renamed(16, 8)"),
    )
    last = sent_about(experiment).same_work[-1]

    assert (last.baseline, last.variant, last.is_equal) == (1, 2, True)
    assert {(link.variant, link.baseline) for link in last.weights} == {
        ("layer.kernel", "layer.kernel.T"),
        ("layer.offset", "layer.offset"),
    }


def test_that_only_a_difference_from_the_baseline_is_warned_of() -> None:
    experiment = experiment_of(
        variant("a", "nn.Linear(16, 16)"),
        variant("b", "Linear(16, 16, fault='scale')"),
        variant("c", "Linear(16, 16)"),
    )
    sent = sent_about(experiment)

    assert sent.warnings == ["Not the same work as a: output differs by up to 0.0014."]
    assert [r.is_equal for r in sent.same_work] == [False, True, False]


def test_that_warnings_of_the_copies_are_not_shown_twice(recwarn: pytest.WarningsRecorder) -> None:
    assert compared("nn.Linear(16, 16)", "WarningLinear()").is_equal is True
    assert [str(warning.message) for warning in recwarn] == []
