"""Layers that draw random numbers."""

from __future__ import annotations

import pytest

from tests.worker.equality.asked import compared


@pytest.mark.parametrize("p", ["0.5", "0.1"])
def test_that_the_same_dropout_draws_the_same_numbers(p: str) -> None:
    assert compared(f"nn.Dropout({p})", f"nn.Dropout({p})").is_equal is True


def test_that_another_dropout_is_found() -> None:
    result = compared("nn.Dropout(0.5)", "nn.Dropout(0.1)", shape=(64, 64))

    assert result.outputs_equal is False
    assert "the mean squares of outputs are" in result.notes[0]


def test_that_dropout_by_hand_is_no_different_from_the_built_in_one() -> None:
    result = compared("nn.Dropout(0.5)", "Dropout(0.5)", shape=(64, 64))

    assert result.outputs_equal is None
    assert result.gradients_equal is None
    assert result.reason.startswith("Not comparable: both draw random numbers")
    assert all(tensor.is_equal is None for tensor in result.tensors)


def test_that_dropout_by_hand_that_forgets_to_scale_is_found() -> None:
    result = compared("nn.Dropout(0.5)", "Dropout(0.4)", shape=(64, 64))

    assert result.outputs_equal is False


def test_that_in_eval_mode_dropout_is_compared_like_any_layer() -> None:
    assert compared("nn.Dropout(0.5)", "Dropout(0.1)", mode="eval").is_equal is True


def test_that_truth_values_beside_random_numbers_are_compared() -> None:
    assert compared("TellingDropout(0.5)", "TellingDropout(0.5)").is_equal is True

    result = compared("TellingDropout(0.5)", "TellingDropout(0.1)", shape=(64, 64))
    assert result.outputs_equal is False
    assert "the mean squares of outputs are" in result.notes[0]
