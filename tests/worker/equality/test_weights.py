"""Equal weights in all variants, and none that memory decided."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from engine.experiment.comparison_plan import ComparisonPlan
from engine.experiment.experiment import Experiment
from engine.experiment.run_plan import Optimizer
from engine.worker.equality.usable import fault_of
from engine.worker.run.subject import Subject
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

_TESTS = Path(__file__).parents[2]
KEPT = ComparisonPlan(copy_weights=False)


def asked(experiment: Experiment) -> tuple[list[Subject], SentMessages]:
    subjects = subjects_of(experiment)
    return subjects, sent_about(experiment, subjects)


def linked(result: object) -> dict[str, tuple[str, str]]:
    return {link.variant: (link.baseline, link.kind) for link in result.weights}  # type: ignore[attr-defined]


def test_that_the_timed_variants_have_the_baselines_weights() -> None:
    experiment = experiment_of(variant("a", "nn.Linear(16, 8)"), variant("b", "Renamed(16, 8)"))
    before = subjects_of(experiment)[0].module.state_dict()
    (a, b), sent = asked(experiment)

    assert torch.equal(a.module.layer.weight, before["layer.weight"])
    assert torch.equal(b.module.layer.kernel, a.module.layer.weight)
    assert torch.equal(b.module.layer.offset, a.module.layer.bias)
    assert "b was given 2 tensors of a." in sent.same_work[0].weights_note


def test_that_the_named_baseline_is_the_source() -> None:
    experiment = experiment_of(
        variant("a", "nn.Linear(16, 8)"),
        variant("b", "Renamed(16, 8)"),
        comparison=ComparisonPlan(baseline="b"),
    )
    (a, _), sent = asked(experiment)
    (result,) = sent.same_work

    assert (result.baseline, result.variant) == (1, 0)
    assert torch.equal(a.module.layer.bias, torch.ones(8))
    assert linked(result)["layer.bias"] == ("layer.offset", "shape")


def test_that_weights_can_be_left_alone() -> None:
    experiment = experiment_of(
        variant("a", "nn.Linear(16, 8)"), variant("b", "Renamed(16, 8)"), comparison=KEPT
    )
    (_, b), sent = asked(experiment)
    (result,) = sent.same_work

    assert torch.equal(b.module.layer.offset, torch.ones(8))
    assert result.outputs_equal is False
    assert result.weights_note.startswith("a and b kept their own weights, as copy_weights is off.")


def test_that_names_go_before_shapes_and_shapes_before_order() -> None:
    names = linked(compared("Pair(16)", "Pair(16)"))
    assert names["layer.early.weight"] == ("layer.early.weight", "name")

    result = compared("Pair(16)", "Pair(16, reverse=True)")
    assert linked(result)["layer.second.weight"] == ("layer.early.weight", "shape")
    assert "4 were told from others of the same shape only by the order of definition." in result.weights_note
    assert result.outputs_equal is False


def test_that_a_chosen_link_goes_before_all() -> None:
    chosen = {
        f"layer.{own}.{part}": f"layer.{base}.{part}"
        for own, base in (("first", "early"), ("second", "late"))
        for part in ("weight", "bias")
    }
    result = compared("Pair(16)", variant("variant", "Pair(16, reverse=True)", weights=chosen))

    assert result.is_equal is True
    assert linked(result)["layer.first.bias"] == ("layer.early.bias", "chosen")


def test_that_a_square_matrix_that_may_be_transposed_is_pointed_at_where_outputs_differ() -> None:
    hint = (
        "layer.kernel is square, and was given layer.weight as it is: if it holds the transpose, choose "
        "layer.weight.T to link them."
    )
    unequal = compared("nn.Linear(16, 16)", "Renamed(16, 16, transposed=True)")
    equal = compared("nn.Linear(16, 16)", "Renamed(16, 16)")
    chosen = variant(
        "variant", "Renamed(16, 16, transposed=True)", weights={"layer.kernel": "layer.weight.T"}
    )

    assert unequal.outputs_equal is False
    assert unequal.weights_note.endswith(hint)
    assert equal.is_equal is True
    assert "transpose" not in equal.weights_note
    assert compared("nn.Linear(16, 16)", chosen).is_equal is True


def test_that_a_transposed_weight_is_offered_and_can_be_chosen() -> None:
    offered = compared("nn.Linear(16, 8)", "Renamed(16, 8, transposed=True)")
    chosen = variant("variant", "Renamed(16, 8, transposed=True)", weights={"layer.kernel": "layer.weight.T"})
    result = compared("nn.Linear(16, 8)", chosen)

    assert offered.outputs_equal is False
    assert offered.variant_unmatched == ("layer.kernel",)
    assert offered.baseline_unmatched == ("layer.weight",)
    assert (
        "layer.kernel has the shape of layer.weight transposed: choose layer.weight.T to link them."
        in offered.weights_note
    )
    assert result.is_equal is True
    assert linked(result)["layer.kernel"] == ("layer.weight.T", "chosen")
    (gradient,) = [t for t in result.tensors if t.name == "gradient of layer.weight"]
    assert gradient.shape == (8, 16)


def test_that_a_tensor_can_keep_its_own_values() -> None:
    keeps = variant("b", "Renamed(16, 8)", weights={"layer.offset": ""})
    (_, b), sent = asked(experiment_of(variant("a", "nn.Linear(16, 8)"), keeps))
    (result,) = sent.same_work

    assert torch.equal(b.module.layer.offset, torch.ones(8))
    assert result.variant_unmatched == ("layer.offset",)
    assert result.outputs_equal is False


@pytest.mark.parametrize(
    ("weights", "reason"),
    [
        ({"layer.nothing": "layer.weight"}, "the variant has no tensor layer.nothing"),
        ({"layer.kernel": "layer.nothing"}, "the baseline has no tensor layer.nothing"),
        ({"layer.kernel": "layer.bias"}, "layer.kernel is 8×16, but layer.bias is 8"),
        ({"layer.kernel": "layer.weight.T"}, "layer.kernel is 8×16, but layer.weight.T is 16×8"),
    ],
)
def test_that_a_wrong_choice_is_told(weights: dict[str, str], reason: str) -> None:
    result = compared("nn.Linear(16, 8)", variant("variant", "Renamed(16, 8)", weights=weights))

    assert result.reason == f"Not comparable: the weights chosen for variant don't fit: {reason}."


def test_that_tied_weights_equal_untied_ones() -> None:
    result = compared("Tied(True)", "Tied(False)")

    assert result.is_equal is True
    assert linked(result)["layer.up.weight"][0] == "layer.down.weight"
    assert [t.name for t in result.tensors if t.role == "parameter_gradient"] == [
        "gradient of layer.down.weight"
    ]


def test_that_lazy_layers_are_linked() -> None:
    assert compared("nn.Linear(16, 8)", "nn.LazyLinear(8)").is_equal is True


def test_that_random_buffers_are_copied() -> None:
    experiment = experiment_of(variant("a", "RandomFeatures(16)"), variant("b", "OtherRandomFeatures(16)"))
    before = [subject.module.layer.directions.clone() for subject in subjects_of(experiment)]
    (a, b), sent = asked(experiment)

    assert not torch.equal(*before)
    assert torch.equal(a.module.layer.directions, b.module.layer.directions)
    assert sent.same_work[0].is_equal is True


@pytest.mark.parametrize("value", ["nan", "inf", "0.0", "1e30", "1e-40"])
def test_that_uninitialised_weights_are_replaced_by_those_of_a_variant_that_has_usable_ones(
    value: str,
) -> None:
    experiment = experiment_of(variant("a", f"Uninitialised('{value}')"), variant("b", "nn.Linear(16, 16)"))
    usable = subjects_of(experiment)[1].module.layer.weight
    (a, b), sent = asked(experiment)
    (result,) = sent.same_work

    assert torch.equal(a.module.layer.weight, usable)
    assert torch.equal(b.module.layer.weight, usable)
    assert all(not fault_of(p) for subject in (a, b) for p in subject.module.parameters())
    assert result.is_equal is True
    assert "as uninitialised memory may" in result.weights_note


def test_that_without_a_usable_variant_weights_are_drawn_from_the_seed() -> None:
    pair = (variant("a", "Uninitialised(1e30)"), variant("b", "Uninitialised(1e-40)"))
    first, sent = asked(experiment_of(*pair))
    again, _ = asked(experiment_of(*pair))
    other, _ = asked(experiment_of(*pair, seed=1))
    weights = [subjects[1].module.layer.weight for subjects in (first, again, other)]

    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])
    assert 0.1 < float(weights[0].detach().std()) < 0.5
    assert sent.same_work[0].is_equal is True
    assert "seeded normal values" in sent.same_work[0].weights_note


def test_that_weights_that_are_zero_in_all_variants_stay_zero_when_timed() -> None:
    (a, b), sent = asked(
        experiment_of(variant("a", "Uninitialised(0.0)"), variant("b", "Uninitialised(0.0)"))
    )

    assert not a.module.layer.weight.any()
    assert not b.module.layer.weight.any()
    assert sent.same_work[0].is_equal is True


def test_that_what_only_a_variant_has_is_not_left_to_memory() -> None:
    (_, b), sent = asked(experiment_of(variant("a", "NoBias(16, 16)"), variant("b", "Uninitialised(1e-40)")))

    assert not fault_of(b.module.layer.bias)
    assert sent.same_work[0].variant_unmatched == ("layer.bias",)
    assert sent.same_work[0].outputs_equal is False


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        (torch.tensor([1.0, torch.nan]), "NaN or infinite values"),
        (torch.tensor([1.0, -1e16]), "values of up to 1e+16"),
        (torch.tensor([1.0, 1e-41]), "denormal numbers"),
        (torch.tensor([1.0, 1e-41], dtype=torch.float64), ""),
        (torch.tensor([1.0, 1e-6], dtype=torch.float16), ""),
        (torch.tensor([0.0, -20.0, 1e-10]), ""),
        (torch.tensor([2**40]), ""),
        (torch.empty(0), ""),
    ],
)
def test_that_values_nobody_gives_a_weight_are_known(values: torch.Tensor, fault: str) -> None:
    assert fault_of(values) == fault


def _kept_values(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


@pytest.mark.parametrize("phase", ["forward", "backward", "training"])
def test_that_the_timed_models_and_random_numbers_are_untouched(phase: str) -> None:
    torch.manual_seed(5)
    layers = ("nn.BatchNorm1d(16)", "nn.Dropout(0.5)", "Impure(16)")
    experiment = experiment_of(variant("a", *layers), variant("b", *layers), phase=phase)
    subjects = subjects_of(experiment)
    before = [_kept_values(subject.module) for subject in subjects]
    state, grad_mode = torch.get_rng_state(), torch.is_grad_enabled()
    sent = sent_about(experiment, subjects)

    assert sent.same_work[0].outputs_equal is not None
    for subject, kept in zip(subjects, before, strict=True):
        assert all(torch.equal(value, kept[name]) for name, value in subject.module.state_dict().items())
        assert all(p.grad is None for p in (*subject.module.parameters(), *subject.inputs))
        assert subject.module.layer_3.calls == 0
        assert subject.module.training
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.is_grad_enabled() is grad_mode
    assert torch.get_default_dtype() == torch.float32


def test_that_a_layer_that_cant_be_copied_is_built_anew() -> None:
    result = compared("nn.Linear(16, 16)", "CantBeCopied(16, 16)")

    assert result.is_equal is True
    assert result.reference_reason == ""


def poisoned(fill: Callable[[torch.Tensor], object]) -> None:
    """Leave freed memory of the sizes that small layers take full of what ``fill`` writes."""
    blocks = [torch.empty(size) for size in (10, 100) for _ in range(20)]
    for block in blocks:
        fill(block)
    del blocks


POISONS: tuple[Callable[[torch.Tensor], object], ...] = (
    lambda block: block.fill_(torch.nan),
    lambda block: block.zero_(),
    lambda block: block.fill_(3e38),
    lambda block: block.fill_(1e-42),
    lambda block: block.normal_(),
)


def test_that_the_first_example_is_equal_whatever_memory_held() -> None:
    custom = variant("custom", "../resources/layers/custom_linear.py:CustomLayer()")
    held = set()
    for number in range(100):
        experiment = experiment_of(custom, variant("built-in", "nn.Linear(10, 10)"), shape=(32, 10))
        poisoned(POISONS[number % len(POISONS)])
        subjects = subjects_of(experiment, folder=_TESTS)
        if number % 2:
            # Whether an allocator hands the poison on is its own affair.
            with torch.no_grad():
                POISONS[number % len(POISONS)](subjects[0].module.layer.weight)
        held.add(fault_of(subjects[0].module.layer.weight))
        (result,) = sent_about(experiment, subjects).same_work
        weight = subjects[0].module.layer.weight

        assert result.is_equal is True, result
        assert max(t.max_abs_error or 0 for t in result.tensors) < 1e-5
        assert 0.05 < float(weight.detach().std()) < 1e4
        assert not fault_of(weight)
        assert not fault_of(subjects[0].module.layer.bias)
    assert held > {"", "NaN or infinite values", "denormal numbers"}


@pytest.mark.parametrize("kept_bytes", [0, 2**30])
def test_that_steps_between_change_no_answer(kept_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.worker.equality.compare._KEPT_BYTES", kept_bytes)
    layers = ("nn.BatchNorm1d(16)", "Impure(16)", "nn.Linear(16, 4)")
    options = {"phase": "training", "optimizer": Optimizer(learning_rate=100.0), "fresh_inputs": True}
    experiment = experiment_of(variant("a", *layers), variant("b", *layers), **options)
    subjects, sent = subjects_of(experiment), SentMessages()
    comparison = comparison_of(experiment, subjects, sent, StopSignal())
    comparison.begin()
    for _ in range(3):
        subjects[0].prepared_step()
    comparison.finish()

    assert sent.same_work == sent_about(experiment).same_work
    assert sent.same_work[0].is_equal is True


def test_that_all_tensors_are_named_with_their_shapes() -> None:
    """Whoever chooses weights must see what there is to choose from, linked or not."""
    (result,) = asked(experiment_of(variant("a", "nn.Linear(16, 8)"), variant("b", "Renamed(16, 8)")))[
        1
    ].same_work
    own = {tensor.name: tensor.shape for tensor in result.variant_tensors}

    assert sorted(tensor.shape for tensor in result.baseline_tensors) == [(8,), (8, 16)]
    assert {link.variant for link in result.weights} <= own.keys()
    assert sorted(own.values()) == [(8,), (8, 16)]
