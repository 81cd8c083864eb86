"""LayerSeries: what is kept up to date equals what adding everything up anew would say."""

from __future__ import annotations

from array import array

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.analysis.results import Completeness, WindowSummary
from gui.charts.layer_series import LayerSeries, stack

LAYERS = 5
GROUPS = ([0, 1], [2, 3, 4], [5, 6, 7, 8, 9], [10], [11])


def summary(index: int, parts: NDArray[np.float64]) -> WindowSummary:
    return WindowSummary(
        index=index,
        variant=0,
        time_ns=index * 1_000_000_000,
        steps=1,
        layer_forward_us=array("d", parts[:LAYERS]),
        layer_backward_us=array("d", parts[LAYERS : 2 * LAYERS]),
        other_us=float(parts[-2]),
        unattributed_us=float(parts[-1]),
        total_us=float(parts.sum()),
        completeness=Completeness(events=1, launches=None, kernels=None, kernels_matched=None),
    )


def filled(series: LayerSeries, parts: NDArray[np.float64], first: int, end: int) -> None:
    for index in range(first, end):
        series.append(summary(index, parts[:, index]))


@pytest.fixture
def parts() -> NDArray[np.float64]:
    return np.random.default_rng(0).uniform(0, 100, (2 * LAYERS + 2, 300))


def test_that_sums_kept_while_windows_arrive_are_those_of_all_windows(parts: NDArray[np.float64]) -> None:
    series = LayerSeries(LAYERS)
    for first in range(0, 300, 7):
        filled(series, parts, first, min(300, first + 7))
        # Asked for between arrivals, as redraws do: each keeps what the last one knew.
        series.grouped_us(0, GROUPS)
        series.total_us(0)

    assert series.total_us(0) == pytest.approx(parts.sum(axis=0))
    assert series.sums_us(0) == pytest.approx(parts.sum(axis=1))
    assert series.own_us(0) == pytest.approx(parts[:5].sum(axis=1) + parts[5:10].sum(axis=1))
    expected = np.array([parts[list(group)].sum(axis=0) for group in GROUPS])
    assert np.allclose(series.grouped_us(0, GROUPS), expected, rtol=1e-6)


def test_that_other_groups_are_summed_anew(parts: NDArray[np.float64]) -> None:
    series = LayerSeries(LAYERS)
    filled(series, parts, 0, 100)
    series.grouped_us(0, GROUPS)
    filled(series, parts, 100, 120)

    regrouped = series.grouped_us(0, ([3], [0, 11]))

    assert np.allclose(regrouped, [parts[3, :120], parts[0, :120] + parts[11, :120]], rtol=1e-6)


def test_that_a_stack_averages_neighbours_and_keeps_their_mean(parts: NDArray[np.float64]) -> None:
    series = LayerSeries(LAYERS)
    filled(series, parts, 0, 300)
    time_s = series.time_s(0)

    drawn = stack(time_s, series.grouped_us(0, GROUPS), 0.0, 300.0, most=100, until=300.0)

    assert drawn.parts_us.shape == (len(GROUPS), 100)
    assert drawn.parts_us.sum(axis=0).mean() == pytest.approx(parts.sum(axis=0).mean(), rel=1e-6)
