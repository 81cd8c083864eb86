"""Rounding is told from faults, in every dtype."""

from __future__ import annotations

import math
import struct
from dataclasses import replace

import pytest
import torch

from engine.worker.equality.difference import difference
from engine.worker.equality.precision import Closeness, closeness
from engine.worker.equality.ulps import max_ulps
from tests.worker.equality.asked import compared, tensor_of, tolerances, variant

LONG = {"shape": (8, 16384)}


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
def test_that_long_sums_in_another_order_are_equal(dtype: str) -> None:
    result = compared("SlowSum(16384, 16)", "nn.Linear(16384, 16)", dtype=dtype, **LONG)
    output = tensor_of(result, "output")

    assert result.is_equal is True
    assert output.max_abs_error is not None
    assert output.max_abs_error > 1e-5
    assert "by rounding" in output.reason


@pytest.mark.parametrize(("dtype", "factor"), [("float32", 1.00002), ("float16", 1.002), ("bfloat16", 1.02)])
def test_that_a_wrong_factor_does_not_pass_for_rounding(dtype: str, factor: float) -> None:
    result = compared("nn.Linear(16384, 16)", f"SlowSum(16384, 16, factor={factor})", dtype=dtype, **LONG)

    assert result.outputs_equal is False
    assert "In float64 they differ as well" in tensor_of(result, "output").reason


def test_that_a_chosen_tolerance_is_the_last_word() -> None:
    strict = compared(
        "nn.Linear(16384, 16)", "SlowSum(16384, 16)", comparison=tolerances(float32=(0.0, 0.0)), **LONG
    )
    loose = compared(
        "nn.Linear(16, 16)", "Linear(16, 16, fault='scale')", comparison=tolerances(float32=(0.01, 0.01))
    )
    other = compared(
        "nn.Linear(16, 16)", "Linear(16, 16, fault='scale')", comparison=tolerances(float16=(0.01, 0.01))
    )

    assert strict.is_equal is False
    assert loose.is_equal is True
    assert tensor_of(loose, "output").relative_tolerance == 0.01
    assert other.is_equal is False


def test_that_a_layer_without_float64_is_measured_against_the_others_reference() -> None:
    result = compared("nn.Linear(16, 16)", "Linear(16, 16, fault='raises in double')")
    output = tensor_of(result, "output")

    assert result.is_equal is True
    assert result.reference_reason == (
        "variant does not run in float64: TypeError: only float32 kernels here"
    )
    assert output.variant_error is None
    assert output.baseline_error is not None


def test_that_long_sums_need_only_one_reference() -> None:
    result = compared("SlowSum(16384, 16)", "Linear(16384, 16, fault='raises in double')", **LONG)
    wrong = compared("SlowSum(16384, 16, factor=1.1)", "Linear(16384, 16, fault='raises in double')", **LONG)

    assert result.is_equal is True
    assert "no further from float64 than rounding takes it" in tensor_of(result, "output").reason
    assert wrong.outputs_equal is False


def test_that_without_any_reference_a_small_difference_cant_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.worker.equality.examined._REFERENCE_BYTES", 0)
    small = compared("SlowSum(16384, 16)", "nn.Linear(16384, 16)", **LONG)
    large = compared("SlowSum(16384, 16)", "SlowSum(16384, 16, factor=1.1)", **LONG)

    assert small.outputs_equal is None
    assert small.reason.startswith("output: Outside of float32's tolerance by little")
    assert large.outputs_equal is False


def test_that_a_part_in_lower_precision_is_no_rounding() -> None:
    assert compared("nn.Linear(256, 16)", "Careless(256, 16)", shape=(8, 256)).outputs_equal is False


def test_that_a_formula_that_loses_its_digits_is_no_rounding() -> None:
    # The mean square minus the squared mean, of values around 1000.
    result = compared("Variance()", "Variance(in_one_pass=True)")
    output = tensor_of(result, "output")

    assert result.outputs_equal is False
    assert output.reason == "In float64 they agree, but variant loses most of float32's digits."
    assert output.baseline_error is not None
    assert output.variant_error is not None
    assert output.variant_error > 100 * output.baseline_error


def test_that_a_gradient_that_cancels_is_equal() -> None:
    # Batch normalisation takes the mean away, and with it whatever the bias before it adds.
    pair = (("nn.Linear(16, 16)", "nn.BatchNorm1d(16)"), ("Linear(16, 16)", "BatchNorm(16)"))
    a, b = (variant(name, *layers) for name, layers in zip("ab", pair, strict=True))
    result = compared(a, b, shape=(512, 16))

    assert result.is_equal is True


@pytest.mark.parametrize("dtype", ["bfloat16", "float64"])
def test_that_variants_of_other_dtypes_are_compared_in_the_coarser_one(dtype: str) -> None:
    other = variant("other", "Linear(256, 16)", dtype=dtype)
    result = compared("nn.Linear(256, 16)", other, shape=(8, 256))
    wrong = compared(
        "nn.Linear(256, 16)", variant("other", "SlowSum(256, 16, factor=1.05)", dtype=dtype), shape=(8, 256)
    )

    assert result.is_equal is True
    assert tensor_of(result, "output").dtype == ("bfloat16" if dtype == "bfloat16" else "float32")
    assert wrong.outputs_equal is False


def test_that_autocast_is_judged_by_the_dtype_it_computes_in() -> None:
    result = compared("nn.Linear(256, 16)", "Linear(256, 16)", autocast="bfloat16", shape=(8, 256))

    assert result.is_equal is True
    assert tensor_of(result, "gradient of layer.weight").relative_tolerance == 1.6e-2


def test_that_defaults_are_those_of_torch_testing() -> None:
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64, torch.complex64, torch.int64):
        expected = torch.testing._comparison.default_tolerances(dtype)
        assert closeness(dtype, {})[:2] == expected


@pytest.mark.parametrize("dtype", [torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_that_neighbouring_numbers_are_one_ulp_apart(dtype: torch.dtype) -> None:
    one = torch.tensor([1.0, -1.0, 0.0, 1e-30 if dtype != torch.float16 else 1e-6], dtype=dtype)
    for steps in (1, 5):
        there = one
        for _ in range(steps):
            there = torch.nextafter(there, torch.full_like(there, math.inf))
        assert max_ulps(one, there, dtype) == steps
    assert max_ulps(one, one.clone(), dtype) == 0


def test_that_ulps_across_zero_add_up() -> None:
    smallest = torch.tensor([struct.unpack("f", b"\x03\x00\x00\x00")[0]])

    assert max_ulps(smallest, -smallest, torch.float32) == 6
    assert max_ulps(torch.tensor([0.0]), torch.tensor([-0.0]), torch.float32) == 0
    largest = torch.tensor([torch.finfo(torch.float64).max], dtype=torch.float64)
    assert max_ulps(largest, -largest, torch.float64) == pytest.approx(2**64, rel=1e-2)


def test_that_errors_are_those_of_a_plain_calculation() -> None:
    generator = torch.Generator().manual_seed(0)
    a = torch.randn(1000, generator=generator)
    b = a + 1e-3 * torch.randn(1000, generator=generator)
    found = difference(a, b, torch.float32, Closeness(1e-3, 1e-3))
    x, y = a.double(), b.double()

    assert found.max_abs == float((y - x).abs().max())
    assert found.max_rel == pytest.approx(float(((y - x).abs() / x.abs()).max()))
    assert found.cosine == pytest.approx(float(torch.cosine_similarity(x, y, dim=0)))
    assert found.is_within is bool(torch.allclose(b, a, rtol=1e-3, atol=1e-3))
    assert found.max_ulps == max_ulps(a, b, torch.float32)


def test_that_a_long_tensor_is_compared_in_parts_with_one_result(monkeypatch: pytest.MonkeyPatch) -> None:
    a = torch.linspace(-1, 1, 1001)
    b = a.clone()
    b[777] += 0.25
    whole = difference(a, b, torch.float32, Closeness(0, 0))
    monkeypatch.setattr("engine.worker.equality.difference._CHUNK", 100)

    parts = difference(a, b, torch.float32, Closeness(0, 0))

    assert parts.cosine == pytest.approx(whole.cosine)
    assert replace(parts, cosine=None) == replace(whole, cosine=None)
    assert whole.max_abs == 0.25
    assert not whole.is_within


def test_that_zeros_have_no_relative_error_and_no_cosine() -> None:
    zeros = torch.zeros(4)
    same = difference(zeros, zeros, torch.float32, Closeness(0, 0))
    other = difference(zeros, zeros + 1, torch.float32, Closeness(0, 0))

    assert (same.max_rel, same.cosine) == (0, None)
    assert (other.max_abs, other.max_rel, other.cosine) == (1, None, None)
