import math

import pytest

from engine.analysis.work_units import (
    format_bytes_per_second,
    format_flops,
    format_flops_per_second,
    format_intensity,
)


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, "—"),
        (math.nan, "—"),
        (0, "0 FLOP"),
        (12, "12 FLOP"),
        (1240, "1.24 kFLOP"),
        (999_950, "1.00 MFLOP"),
        (815_202_304, "815 MFLOP"),
        (3.2e9, "3.20 GFLOP"),
        (4.5e13, "45.0 TFLOP"),
    ],
)
def test_that_flops_have_three_digits_and_a_unit(count: float | None, text: str) -> None:
    assert format_flops(count) == text


def test_that_a_lower_bound_says_so() -> None:
    assert format_flops(1e9, is_lower_bound=True) == "≥ 1.00 GFLOP"
    assert format_flops_per_second(1.5e12, is_lower_bound=True) == "≥ 1.50 TFLOP/s"
    assert format_intensity(2.5, is_lower_bound=True) == "≥ 2.50 FLOP/B"
    assert format_flops(None, is_lower_bound=True) == "—"


def test_that_bandwidth_is_decimal_as_on_data_sheets() -> None:
    assert format_bytes_per_second(3.35e12) == "3.35 TB/s"
    assert format_bytes_per_second(1e9) == "1.00 GB/s"
    assert format_bytes_per_second(None) == "—"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0.00 FLOP/B"),
        (0.001, "<0.01 FLOP/B"),
        (12.36, "12.4 FLOP/B"),
        (1500, "1.50 kFLOP/B"),
        (None, "—"),
    ],
)
def test_that_an_intensity_is_flops_a_byte(value: float | None, text: str) -> None:
    assert format_intensity(value) == text
