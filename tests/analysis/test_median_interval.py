"""The interval of the median: does it hold what it claims, and do both ends of the pipe agree?"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engine.analysis.step_blocks import StepBlocks
from engine.wire.median_interval import BLOCKS, MINIMUM_STEPS, RESAMPLES, draws, tail
from engine.worker.run.median_interval import interval_share, median_and_interval

TRUE_NS = 1_000_000
TRIALS = 400
Noise = Callable[[np.random.Generator], NDArray[np.float64]]


def independent(count: int) -> Noise:
    return lambda random: random.standard_normal(count)


def autocorrelated(count: int, keeps: float) -> Noise:
    """Each step keeps a part of the last one's deviation: an AR(1) process of variance 1."""

    def draw(random: np.random.Generator) -> NDArray[np.float64]:
        fresh = random.standard_normal(count) * np.sqrt(1 - keeps**2)
        fresh[0] /= np.sqrt(1 - keeps**2)
        values = np.empty(count)
        last = 0.0
        for number, value in enumerate(fresh.tolist()):
            values[number] = last = keeps * last + value
        return values

    return draw


def in_turns(count: int, turn: int) -> Noise:
    """Half of the variance is shared by all steps of a turn."""

    def draw(random: np.random.Generator) -> NDArray[np.float64]:
        shared = random.standard_normal(-(-count // turn)).repeat(turn)[:count]
        return (shared + random.standard_normal(count)) / np.sqrt(2)

    return draw


def durations(noise: NDArray[np.float64]) -> NDArray[np.int64]:
    """Skewed like step times, with the median where it was."""
    return np.round(TRUE_NS * np.exp(0.05 * noise)).astype(np.int64)


def coverage(noise: Noise, interval: Callable[[NDArray[np.int64]], tuple[int, int] | None]) -> float:
    random = np.random.default_rng(7)
    held = 0
    for _ in range(TRIALS):
        found = interval(durations(noise(random)))
        assert found is not None
        held += found[0] <= TRUE_NS <= found[1]
    return held / TRIALS


def of_blocks(durations_ns: NDArray[np.int64]) -> tuple[int, int] | None:
    return StepBlocks(durations_ns).median_interval_ns()


def of_independent_ranks(durations_ns: NDArray[np.int64]) -> tuple[int, int]:
    """The textbook interval, ranks n/2 ± 0.98 √n: right for independent steps alone."""
    ordered, count = np.sort(durations_ns), len(durations_ns)
    reach = 0.98 * np.sqrt(count)
    return int(ordered[int(count / 2 - reach)]), int(ordered[int(count / 2 + reach) + 1])


@pytest.mark.parametrize(
    "noise",
    [
        independent(30),
        independent(300),
        independent(3_000),
        autocorrelated(1_000, 0.5),
        autocorrelated(3_000, 0.9),
        in_turns(1_000, 20),
        in_turns(5_000, 100),
    ],
    ids=["iid30", "iid300", "iid3000", "ar0.5", "ar0.9", "turns20", "turns100"],
)
def test_that_the_interval_holds_the_true_median_19_times_in_20(noise: Noise) -> None:
    # Of 400 trials, 95 % are held in 93.9 to 96.1 % but for chance (one standard deviation).
    assert 0.91 <= coverage(noise, of_blocks) <= 0.985


def test_that_the_interval_for_independent_steps_would_claim_too_much() -> None:
    assert coverage(in_turns(1_000, 20), of_independent_ranks) < 0.7


def test_that_a_drifting_runs_interval_is_no_narrower_than_its_steps_demand() -> None:
    random = np.random.default_rng(0)
    noise = random.standard_normal(2_000)
    steady, drifting = (
        of_blocks(durations(part)) for part in (noise, noise + np.linspace(-2, 2, len(noise)))
    )
    assert steady is not None
    assert drifting is not None

    assert drifting[1] - drifting[0] > 3 * (steady[1] - steady[0])
    assert drifting[0] <= TRUE_NS <= drifting[1]


@pytest.mark.parametrize("count", [6, 11, 20])
def test_that_of_few_steps_it_is_the_plain_bootstrap(count: int) -> None:
    random = np.random.default_rng(count)
    values = durations(random.standard_normal(count))
    resamples = values[random.integers(0, count, (200_000, count))]
    medians = np.median(resamples, axis=1)
    expected = np.quantile(medians, (tail(count), 1 - tail(count)))
    ordered = np.sort(values)

    found = of_blocks(values)

    assert found is not None
    # The drawn medians of an even number lie between two steps; and 2,000 resamples stray a little.
    for end, exact in zip(found, expected, strict=True):
        assert abs(int(ordered.searchsorted(end)) - int(ordered.searchsorted(exact))) <= 1


@given(st.lists(st.integers(1, 10**7), min_size=1, max_size=70))
def test_that_worker_and_app_find_the_same_interval(values: list[int]) -> None:
    column = np.array(values, np.int64)
    found = median_and_interval(array("q", values))

    assert (found and found[1:]) == of_blocks(column)
    if found is not None:
        assert found[0] == np.median(column)
        assert found[1] <= found[0] <= found[2]
        assert {found[1], found[2]} <= set(values)


def test_that_they_agree_on_a_long_run_and_the_worker_may_go_on_adding() -> None:
    column = durations(in_turns(30_000, 100)(np.random.default_rng(1)))
    grown = array("q", column.tolist())
    found = median_and_interval(grown)
    grown.extend([1, 2])

    assert found is not None
    assert found[1:] == of_blocks(column)
    share = interval_share(array("q", column.tolist()))
    assert share == max(found[2] - found[0], found[0] - found[1]) / found[0]


def test_that_too_few_steps_have_no_interval() -> None:
    values = list(range(1, MINIMUM_STEPS))

    assert of_blocks(np.array(values)) is None
    assert interval_share(array("q", values)) is None


def test_that_every_resample_draws_as_many_blocks_as_there_are() -> None:
    table = np.frombuffer(draws(BLOCKS)).reshape(RESAMPLES, BLOCKS)

    assert (table.sum(axis=1) == BLOCKS).all()
    assert table.mean(axis=0) == pytest.approx(np.ones(BLOCKS), abs=0.15)


def test_that_the_tail_is_that_of_students_t() -> None:
    # t at 97.5 % with 19 degrees of freedom is 2.0930, with 5 it is 2.5706 (any table).
    from statistics import NormalDist

    for blocks, expected in ((20, 2.0930), (6, 2.5706)):
        quantile = -NormalDist().inv_cdf(tail(blocks)) / (blocks / (blocks - 1)) ** 0.5
        assert quantile == pytest.approx(expected, rel=0.01)


def test_that_a_million_steps_cost_a_search_and_not_a_resample() -> None:
    blocks = StepBlocks(np.random.default_rng(0).integers(1_000, 9_000, 1_000_000))
    started = time.perf_counter()
    np.sort(np.concatenate(blocks.blocks))
    sorting_s = time.perf_counter() - started
    blocks.median_interval_ns()
    durations_s = []
    for _ in range(5):
        started = time.perf_counter()
        blocks.median_interval_ns()
        durations_s.append(time.perf_counter() - started)

    assert min(durations_s) < sorting_s
