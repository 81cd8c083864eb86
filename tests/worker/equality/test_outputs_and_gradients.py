"""Sound layers are found equal, planted faults are found."""

from __future__ import annotations

import pytest

from engine.experiment.input_spec import InputSpec
from tests.worker.equality.asked import compared, tensor_of, variant


def differing(result: object) -> list[str]:
    return [tensor.name for tensor in result.tensors if not tensor.is_equal]  # type: ignore[attr-defined]


@pytest.mark.parametrize("phase", ["forward", "backward", "training"])
def test_that_a_layer_by_hand_equals_the_built_in_one_in_output_and_every_gradient(phase: str) -> None:
    result = compared("nn.Linear(16, 8)", "Linear(16, 8)", phase=phase)

    assert result.is_equal is True
    assert [(t.name, t.role, t.shape) for t in result.tensors] == [
        ("output", "output", (8, 8)),
        ("gradient of input 1", "input_gradient", (8, 16)),
        ("gradient of layer.weight", "parameter_gradient", (8, 16)),
        ("gradient of layer.bias", "parameter_gradient", (8,)),
    ]
    for tensor in result.tensors:
        assert tensor.max_abs_error is not None
        assert tensor.max_abs_error <= 1e-5
        assert tensor.cosine == pytest.approx(1)
        assert tensor.baseline_error is not None
        assert tensor.variant_error is not None
        # Float32 against float64: rounding, not nothing and not much.
        assert 0 < tensor.baseline_error < 1e-5
        assert 0 < tensor.variant_error < 1e-5
        assert tensor.reference_difference is not None
        assert tensor.reference_difference < 1e-14
        assert (tensor.relative_tolerance, tensor.absolute_tolerance) == (1.3e-6, 1e-5)


BIAS, WEIGHT, INPUT = "gradient of layer.bias", "gradient of layer.weight", "gradient of input 1"


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ("transposed", ["output", INPUT, WEIGHT]),
        ("no bias", ["output", BIAS]),
        ("scale", ["output", INPUT, WEIGHT, BIAS]),
        ("detached", [WEIGHT]),
        ("detached input", [INPUT]),
        ("twice the gradient", [INPUT, WEIGHT, BIAS]),
    ],
)
@pytest.mark.parametrize("phase", ["forward", "backward"])
def test_that_a_planted_fault_is_found_where_it_is(fault: str, expected: list[str], phase: str) -> None:
    result = compared("nn.Linear(16, 16)", f"Linear(16, 16, fault='{fault}')", phase=phase)

    assert differing(result) == expected
    assert result.outputs_equal is ("output" not in expected)
    assert result.gradients_equal is False


def test_that_a_missing_bias_is_found_although_it_is_zero_at_first() -> None:
    result = compared("nn.Linear(16, 16)", "NoBias(16, 16)")

    assert result.outputs_equal is False
    assert result.baseline_unmatched == ("layer.bias",)


def test_that_a_weight_of_one_that_is_ignored_is_found() -> None:
    assert compared("nn.RMSNorm(16, eps=1e-5)", "RMSNorm(16)").is_equal is True
    assert compared("nn.RMSNorm(16, eps=1e-5)", "RMSNorm(16, ignores_weight=True)").outputs_equal is False


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_that_another_eps_is_found(dtype: str) -> None:
    right = compared("nn.RMSNorm(16, eps=1e-3)", "RMSNorm(16, eps=1e-3)", dtype=dtype)
    wrong = compared("nn.RMSNorm(16, eps=1e-5)", "RMSNorm(16, eps=1e-3)", dtype=dtype)

    assert right.is_equal is True
    assert wrong.is_equal is False


def test_that_what_a_coarse_dtype_hides_in_the_output_is_told_all_the_same() -> None:
    result = compared("nn.RMSNorm(16, eps=1e-5)", "RMSNorm(16, eps=1e-3)", dtype="bfloat16")
    output = tensor_of(result, "output")

    assert output.is_equal is True
    assert output.reference_difference == pytest.approx(1.7e-3, rel=0.5)
    assert "not quite one function" in output.reason


def test_that_a_causal_mask_that_is_off_by_one_is_found() -> None:
    shape = (4, 8, 16)
    assert compared("FusedAttention(16)", "Attention(16, 8)", shape=shape).is_equal is True
    assert compared("FusedAttention(16)", "Attention(16, 8, shift=1)", shape=shape).outputs_equal is False
    # The mask of the one must not be copied over the mask of the other.
    masked = [f"Attention(16, 8, shift={shift}, has_buffer=True)" for shift in (0, 1)]
    assert compared(masked[0], masked[0], shape=shape).is_equal is True
    result = compared(*masked, shape=shape)
    assert result.outputs_equal is False
    assert "differ and do not come from the seed" in result.weights_note


@pytest.mark.parametrize("mode", ["train", "eval"])
def test_that_batch_normalisation_by_hand_equals_the_built_in_one(mode: str) -> None:
    assert compared("nn.BatchNorm1d(16)", "BatchNorm(16)", mode=mode).is_equal is True


def test_that_a_running_variance_that_starts_elsewhere_shows_in_eval_mode() -> None:
    assert compared("nn.BatchNorm1d(16)", "BatchNorm(16, starts_at=2.0)", mode="train").is_equal is True
    assert compared("nn.BatchNorm1d(16)", "BatchNorm(16, starts_at=2.0)", mode="eval").is_equal is False


def test_that_gelus_approximation_is_not_gelu() -> None:
    result = compared("nn.GELU()", "nn.GELU(approximate='tanh')")
    output = tensor_of(result, "output")

    assert result.is_equal is False
    assert output.max_abs_error == pytest.approx(4.7e-4, rel=0.1)


@pytest.mark.parametrize("kind", ["tuple", "list", "dict", "complex", "sparse"])
def test_that_outputs_of_every_kind_are_compared(kind: str) -> None:
    same = compared(f"Outputs('{kind}')", f"Outputs('{kind}')")
    other = compared(f"Outputs('{kind}')", f"Outputs('{kind}', shift=1)")

    assert same.is_equal is True
    assert other.outputs_equal is False
    assert len([t for t in same.tensors if t.role == "output"]) == (
        2 if kind in ("tuple", "list", "dict") else 1
    )


def test_that_dicts_are_compared_by_key() -> None:
    result = compared("Outputs('dict')", "Outputs('dict reversed')")

    assert result.is_equal is True


def test_that_a_wrong_sign_of_an_imaginary_part_is_found() -> None:
    assert compared("Outputs('complex')", "Outputs('complex conjugate')").outputs_equal is False


@pytest.mark.parametrize("kind", ["argmax", "bool"])
def test_that_whole_numbers_are_compared_exactly_and_have_no_gradient(kind: str) -> None:
    result = compared(f"Outputs('{kind}')", f"Outputs('{kind}')")
    output = tensor_of(result, "output")

    assert result.is_equal is True
    assert result.notes == ("Neither passes a gradient to anything, so there are none to compare.",)
    assert (output.max_abs_error, output.max_ulps) == (0, None)
    assert (output.relative_tolerance, output.absolute_tolerance) == (0, 0)


def test_that_another_index_is_found() -> None:
    assert compared("Outputs('argmax')", "Outputs('shifted argmax')").outputs_equal is False


def test_that_gradients_are_not_equal_if_only_one_has_them() -> None:
    result = compared("Linear(16, 16)", "Linear(16, 16, fault='detached')")

    assert result.gradients_equal is False
    assert "No gradient arrives in variant, which counts as zeros." in tensor_of(result, WEIGHT).reason


def test_that_nan_in_the_same_places_is_equal_and_said() -> None:
    result = compared("Outputs('NaN')", "Outputs('NaN')")
    other = compared("nn.Linear(16, 16)", "Linear(16, 16, fault='NaN')")

    assert result.outputs_equal is True
    assert "NaN or infinite (float32) in the same" in tensor_of(result, "output").reason
    assert "compared with these weights as they are" in result.weights_note
    assert other.outputs_equal is False
    assert "where the other is not" in tensor_of(other, "output").reason


def test_that_sparse_gradients_equal_dense_ones() -> None:
    words = [InputSpec(shape=(4, 5), distribution="integers", below=100)]
    result = compared("nn.Embedding(100, 16)", "nn.Embedding(100, 16, sparse=True)", inputs=words)

    assert result.is_equal is True
    assert [t.role for t in result.tensors] == ["output", "parameter_gradient"]


@pytest.mark.parametrize("phase", ["forward", "backward"])
def test_that_a_layer_that_changes_its_input_is_compared(phase: str) -> None:
    assert compared("InPlace()", "InPlace()", phase=phase).is_equal is True


def test_that_an_lstm_is_compared_with_all_its_outputs() -> None:
    result = compared("nn.LSTM(16, 4)", "nn.LSTM(16, 4)", shape=(5, 2, 16))

    assert result.is_equal is True
    assert [t.name for t in result.tensors[:3]] == ["output", "output 2", "output 3"]


def test_that_layers_without_weights_are_compared() -> None:
    result = compared("nn.ReLU()", "nn.LeakyReLU(0.0)")

    assert result.is_equal is True
    assert result.weights_note == "Neither has weights."


def test_that_a_layer_that_answers_by_its_number_of_calls_is_told_of() -> None:
    result = compared("nn.Identity()", "Impure(16)")

    assert result.notes == ("variant computes something else when it is called again with the same seed.",)


# Torch's compiler uses what torch itself deprecates.
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_that_a_compiled_variant_is_compared_as_written() -> None:
    result = compared("nn.Linear(16, 16)", variant("fast", "nn.Linear(16, 16)", compile=True))

    assert result.is_equal is True
    assert result.notes == ("fast is compared as it is written, not as torch.compile makes it.",)


def test_that_inputs_of_zeros_are_told_of() -> None:
    zeros = [InputSpec(shape=(8, 16), distribution="zeros")]

    assert "all zeros" in compared("nn.Linear(16, 16)", "Linear(16, 16)", inputs=zeros).notes[0]
