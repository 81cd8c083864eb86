"""Decimation: fewer points, no outlier lost."""

from __future__ import annotations

from time import perf_counter

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gui.charts.decimation import mean_groups, min_max_columns, visible
from gui.charts.nice_numbers import nice_ceiling
from gui.charts.units import axis_unit


@given(
    y=st.lists(st.floats(0, 1e6), min_size=1, max_size=400),
    pixels=st.integers(1, 50),
)
def test_that_extremes_survive_in_any_series(y: list[float], pixels: int) -> None:
    values = np.array(y)
    x = np.arange(len(values), dtype=float)
    columns = min_max_columns(x, values, 0, len(values), pixels)
    assert columns.high.max() == values.max()
    assert columns.low.min() == values.min()
    assert len(columns.x) <= 2 * pixels


def test_that_an_empty_stretch_draws_nothing() -> None:
    x = np.concatenate((np.linspace(0, 1, 1000), np.linspace(9, 10, 1000)))
    columns = min_max_columns(x, np.ones(2000), 0, 10, 100)
    assert not ((columns.x > 1.2) & (columns.x < 8.8)).any()


def test_that_few_steps_are_drawn_as_wide_as_they_lasted() -> None:
    columns = min_max_columns(np.array([0.0, 2.0]), np.array([2e6, 1e6]), 0, 4, 100, width_per_y=1e-6)
    x, y, _ = columns.zigzag(np.ones(2))
    assert x.tolist() == [0, 2, 2, 3]
    assert y.tolist() == [2e6, 2e6, 1e6, 1e6]


def test_that_a_line_is_not_drawn_across_another_variants_turn() -> None:
    columns = min_max_columns(np.array([0.0, 1.0, 9.0]), np.ones(3), 0, 10, 100)
    _, _, joins = columns.zigzag(np.full(3, 2.0))
    assert joins.tolist() == [1, 1, 1, 0, 1, 1]


def test_that_a_million_steps_are_decimated_well_within_a_frame() -> None:
    x = np.arange(1_000_000) / 1e3
    y = np.random.default_rng(0).random(1_000_000)
    seconds = []
    for _ in range(5):
        started = perf_counter()
        min_max_columns(x, y, 0, 1000, 1500)
        seconds.append(perf_counter() - started)
    assert min(seconds) < 0.016


def test_that_one_neighbour_on_each_side_of_the_view_is_kept() -> None:
    assert visible(np.arange(10.0), 3.5, 5.5) == slice(3, 7)


def test_that_groups_cover_all_windows() -> None:
    firsts = mean_groups(103, 10)
    assert len(firsts) <= 10
    assert firsts[0] == 0
    assert mean_groups(0, 10).tolist() == []


@given(st.floats(1e-9, 1e12))
def test_that_an_axis_ends_at_a_round_number_not_far_above(value: float) -> None:
    top = nice_ceiling(value)
    assert value * 0.999 <= top <= value * 1.6


def test_that_an_axis_without_values_ends_at_one() -> None:
    assert nice_ceiling(0) == nice_ceiling(float("nan")) == 1


def test_that_all_ticks_of_an_axis_have_one_unit() -> None:
    assert axis_unit("microseconds", 1500).label(500) == "0.5 ms"
    assert axis_unit("microseconds", 0.5).label(0.25) == "250 ns"
    assert axis_unit("bytes", 3 * 2**30).label(2**29) == "0.5 GiB"
    assert axis_unit("seconds", 90).label(60) == "60 s"
    assert axis_unit("megahertz", 1980).label(1000) == "1 GHz"
