"""The spread of two sides' step times: every step once, pairs in order of time."""

from __future__ import annotations

import numpy as np
import pytest

from engine.analysis.comparison.step_spread import MOST_BINS, MOST_PAIRS, StepSpread, step_spread
from engine.trace.step_table import StepTable
from tests.analysis.comparison.sides import in_turns, side

RANDOM = np.random.default_rng(7)


def blocks(median_us: float, count: int, steps: int = 20) -> list[list[float]]:
    return [RANDOM.gamma(100, median_us / 100, steps).tolist() for _ in range(count)]


def spread_of(steps: StepTable, is_same_run: bool = True) -> StepSpread | None:
    first, second = (side(f"side {n}", steps=steps.of_variant(n)) for n in range(2))
    return step_spread(first, second, is_same_run)


def test_that_every_bare_step_is_in_one_bin() -> None:
    spread = spread_of(in_turns(blocks(100, 12), blocks(130, 12)))

    assert spread is not None
    assert spread.baseline_share.sum() == pytest.approx(1)
    assert spread.variant_share.sum() == pytest.approx(1)
    assert len(spread.edges_us) == len(spread.baseline_share) + 1
    assert len(spread.baseline_share) <= 2.5 * MOST_BINS + 2
    # Where the half of all steps lies is where the median is.
    middle = int(np.searchsorted(np.cumsum(spread.variant_share), 0.5))
    assert spread.edges_us[middle] <= 132
    assert spread.edges_us[middle + 1] >= 128


def test_that_outliers_are_counted_in_the_last_bin_and_leave_the_others_their_room() -> None:
    steps = in_turns(blocks(100, 12), [*blocks(100, 11), [100.0] * 19 + [90_000.0]])
    spread = spread_of(steps)

    assert spread is not None
    assert spread.is_cut
    assert spread.edges_us[-1] < 500
    assert spread.variant_share.sum() == pytest.approx(1)
    assert spread.variant_share[-1] >= 1 / 240


def test_that_steps_of_one_length_have_a_scale() -> None:
    spread = spread_of(in_turns([[50.0] * 5], [[50.0] * 5]))

    assert spread is not None
    assert spread.edges_us[0] <= 50 <= spread.edges_us[-1]
    assert spread.baseline_share.max() == 1
    assert not spread.is_cut


def test_that_pairs_tell_the_ratio_over_the_run() -> None:
    slow = [[200.0 + number] * 5 for number in range(10)]
    spread = spread_of(in_turns([[100.0] * 5 for _ in range(10)], slow))

    assert spread is not None
    assert len(spread.pair_time_s) >= 10
    assert spread.pair_time_s[0] == 0
    assert (np.diff(spread.pair_time_s) > 0).all()
    ratios = spread.pair_variant_us / spread.pair_baseline_us
    assert ratios[0] == pytest.approx(2.0, abs=0.02)
    assert ratios[-1] == pytest.approx(2.09, abs=0.02)


def test_that_many_pairs_are_merged() -> None:
    one = [[100.0] for _ in range(2 * MOST_PAIRS)]
    spread = spread_of(in_turns(one, [[150.0] for _ in one]))

    assert spread is not None
    assert 0 < len(spread.pair_time_s) <= MOST_PAIRS
    assert (spread.pair_variant_us / spread.pair_baseline_us).tolist() == pytest.approx(
        [1.5] * len(spread.pair_time_s)
    )


def test_that_different_runs_have_no_pairs_and_no_steps_no_spread() -> None:
    steps = in_turns(blocks(100, 4), blocks(130, 4))
    spread = spread_of(steps, is_same_run=False)

    assert spread is not None
    assert len(spread.pair_time_s) == 0
    assert spread_of(in_turns(blocks(100, 4), [])) is None
