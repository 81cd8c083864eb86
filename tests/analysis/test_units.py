import math

import pytest

from engine.analysis.units import (
    format_byte_rate,
    format_bytes,
    format_count,
    format_known,
    format_occupancy,
    format_reach,
    format_share,
    format_us,
)


@pytest.mark.parametrize(
    ("us", "text"),
    [
        (1240.0, "1.24 ms"),
        (832.1, "832 µs"),
        (0.015, "15.0 ns"),
        (12_000_000.0, "12.0 s"),
        (999.96, "1.00 ms"),
        (0, "0 µs"),
        (9.996, "10.0 µs"),
        (-1500.0, "-1.50 ms"),
        (None, "—"),
        (math.nan, "—"),
    ],
)
def test_that_durations_have_three_digits_and_a_fitting_unit(us: float | None, text: str) -> None:
    assert format_us(us) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (512, "512 B"),
        (0, "0 B"),
        (1000, "0.98 KiB"),
        (3.5 * 1024**2, "3.50 MiB"),
        (2**40, "1.00 TiB"),
        (None, "—"),
    ],
)
def test_that_sizes_are_in_binary_units(count: float | None, text: str) -> None:
    assert format_bytes(count) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [(42, "42"), (1.5, "1.50"), (12345, "12,345"), (1_230_000, "1.23 M"), (None, "—"), (0, "0")],
)
def test_that_counts_stay_whole_where_they_are_whole(count: float | None, text: str) -> None:
    assert format_count(count) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0725, "7.25 %"),
        (0.991, "99.1 %"),
        (0, "0 %"),
        (1, "100 %"),
        (0.00001, "<0.01 %"),
        (0.99999, ">99.9 %"),
        (None, "—"),
    ],
)
def test_that_shares_never_round_to_all_or_nothing(share: float | None, text: str) -> None:
    assert format_share(share) == text


@pytest.mark.parametrize(
    ("per_second", "text"),
    [
        (4.4e9, "4.40 GB/s"),
        (986_978_763_915.0, "987 GB/s"),
        (3.35e12, "3.35 TB/s"),
        (0, "0.00 B/s"),
        (None, "—"),
    ],
)
def test_that_bandwidths_are_in_decimal_units(per_second: float | None, text: str) -> None:
    assert format_byte_rate(per_second) == text


@pytest.mark.parametrize(
    ("percent", "text"), [(25.0, "25 %"), (98.8, "99 %"), (0.0, "<0.5 %"), (100, "100 %"), (None, "—")]
)
def test_that_an_occupancy_is_a_whole_percent_and_never_nothing(percent: float | None, text: str) -> None:
    assert format_occupancy(percent) == text


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (0.0, "±0.00 %"),
        (0.00001, "±0.01 %"),
        (0.0004, "±0.04 %"),
        (0.004, "±0.4 %"),
        (0.00401, "±0.5 %"),
        (0.0099, "±1.0 %"),
        (0.123, "±13 %"),
        (6.14, "±614 %"),
        (None, ""),
        (math.inf, ""),
    ],
)
def test_that_how_well_a_number_is_known_is_rounded_up(share: float | None, text: str) -> None:
    assert format_reach(share) == text


def test_that_a_number_and_how_well_it_is_known_stand_together() -> None:
    assert format_known(12.34, 0.004) == "12.3 µs ±0.4 %"
    assert format_known(12.34, None) == "12.3 µs"
    assert format_known(None, None) == "—"
