"""The ratio and its interval: does the interval hold what it claims, and find what is there?"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.analysis.comparison.blocks import even_blocks
from engine.analysis.comparison.median_resamples import median_of, resampled_medians
from engine.analysis.comparison.ratio import ratio_of
from engine.analysis.comparison.results import RatioEstimate
from engine.trace.step_table import StepFlag, StepTable, step_table
from tests.analysis.comparison.sides import BEGIN_NS, breakdown, in_turns, kernel, side

Noise = Callable[[np.random.Generator, int, int], NDArray[np.float64]]


# Of a summary, the ratio asks no more than whether there are bare steps.
SIDE = side("a")


def ratio_in_turns(steps: StepTable) -> RatioEstimate:
    first, second = (replace(SIDE, steps=steps.of_variant(number)) for number in (0, 1))
    found = ratio_of(first, second, same_run=True)
    assert found is not None
    return found


def test_that_the_ratio_is_that_of_the_medians_of_all_bare_steps() -> None:
    generator = np.random.default_rng(1)
    blocks = [[generator.lognormal(mean, 0.2, 25) * 100 for _ in range(11)] for mean in (0.0, 0.3)]
    steps = in_turns(*blocks)

    found = ratio_in_turns(steps)

    medians = [float(np.median(steps.of_variant(number).duration_ns)) / 1e3 for number in (0, 1)]
    assert (found.baseline_median_us, found.variant_median_us) == tuple(medians)
    assert found.ratio == medians[1] / medians[0]
    assert found.delta_us == medians[1] - medians[0]
    assert found.interval_95 is not None
    assert found.interval_95[0] <= found.ratio <= found.interval_95[1]
    assert (found.verdict, found.is_paired, found.blocks, found.reason) == ("slower", True, 11, "")


def test_that_profiled_steps_count_for_nothing() -> None:
    steps = in_turns([[100.0] * 5] * 8, [[100.0] * 5] * 8)
    steps.duration_ns[3], steps.flags[3] = 10_000_000, StepFlag.PROFILED
    assert ratio_in_turns(steps).ratio == 1


def test_that_few_turns_have_a_ratio_but_no_interval_and_the_reason() -> None:
    found = ratio_in_turns(in_turns([[100.0] * 50] * 5, [[300.0] * 50] * 5))
    assert found.ratio == 3
    assert (found.interval_95, found.verdict) == (None, None)
    assert found.reason == "Each side had 5 turns so far, and an interval needs 6: run for longer."


def test_that_nothing_is_claimed_before_both_have_a_step() -> None:
    steps = in_turns([[100.0]], [[]])
    sides = [side(name, steps=steps.of_variant(number)) for number, name in enumerate("ab")]
    assert ratio_of(sides[0], sides[1], same_run=True) is None


def test_that_the_same_steps_give_the_same_interval() -> None:
    generator = np.random.default_rng(2)
    steps = in_turns(*([list(generator.lognormal(5, 0.1, 20)) for _ in range(30)] for _ in "ab"))
    assert ratio_in_turns(steps) == ratio_in_turns(steps)


def test_that_resampled_medians_are_those_of_resamples_that_were_built() -> None:
    generator = np.random.default_rng(3)
    blocks = even_blocks(generator.integers(1, 40, 173))
    drawn = generator.integers(0, len(blocks), (50, len(blocks)))
    weights = np.stack([np.bincount(row, minlength=len(blocks)) for row in drawn]).astype(np.float32)
    parts = np.split(blocks.durations_ns, blocks.edges[1:-1])

    found = resampled_medians(blocks, weights)

    for row, median in zip(drawn, found, strict=True):
        resample = np.sort(np.concatenate([parts[number] for number in row]))
        # Of an even number of steps, the lower of the middle two.
        assert median == resample[(len(resample) - 1) // 2]
    assert median_of(blocks) == np.median(blocks.durations_ns)


# ---- what happens to steps on real machines, as factors of a step's time, shape (turns, steps)


def independent(generator: np.random.Generator, turns: int, steps: int) -> NDArray[np.float64]:
    return np.exp(generator.normal(0, 0.05, (turns, steps)))


def wandering(generator: np.random.Generator, turns: int, steps: int) -> NDArray[np.float64]:
    """An AR(1) process from turn to turn: clocks, other programs."""
    level, levels = 0.0, []
    for _ in range(turns):
        level = 0.9 * level + generator.normal(0, 0.015)
        levels.append(level)
    return independent(generator, turns, steps) * np.exp(levels)[:, None]


def drifting(generator: np.random.Generator, turns: int, steps: int) -> NDArray[np.float64]:
    """A GPU that heats up: a fifth slower at the end."""
    return independent(generator, turns, steps) * np.linspace(1, 1.2, turns)[:, None]


def two_clocks(generator: np.random.Generator, turns: int, steps: int) -> NDArray[np.float64]:
    """A clock that falls by 15 % now and then, for turns at a time."""
    is_slow = np.cumsum(generator.random(turns) < 0.15) % 2 == 1
    return independent(generator, turns, steps) * np.where(is_slow, 1.15, 1.0)[:, None]


def interrupted(generator: np.random.Generator, turns: int, steps: int) -> NDArray[np.float64]:
    """Heavy outliers, and whole turns that another program shared the core with."""
    times = wandering(generator, turns, steps)
    times = np.where(
        generator.random(times.shape) < 0.02, times * (1 + generator.pareto(1.5, times.shape)), times
    )
    return times * np.where(generator.random(turns) < 0.04, 1.8, 1.0)[:, None]


def restless(generator: np.random.Generator, turns: int, steps: int) -> NDArray[np.float64]:
    """Every turn has a level of its own: nothing cancels within a pair."""
    return independent(generator, turns, steps) * np.exp(generator.normal(0, 0.03, turns))[:, None]


NOISES = (independent, wandering, drifting, two_clocks, interrupted, restless)
named = pytest.mark.parametrize("noise", NOISES, ids=lambda noise: noise.__name__)


def simulated(noise: Noise, seed: int, pairs: int, steps: int, slowdown: float) -> StepTable:
    """Two variants of 1 ms in turns A B B A; the second is slower by ``slowdown`` (0.03 is 3 %)."""
    factors = noise(np.random.default_rng(seed), 2 * pairs, steps)
    variant = np.resize([0, 1, 1, 0], 2 * pairs)
    duration_ns = np.round(1e6 * factors * (1 + slowdown * variant)[:, None]).astype(np.int64).ravel()
    return step_table(
        variant=np.repeat(variant, steps),
        step=np.arange(len(duration_ns)),
        start_ns=BEGIN_NS + np.append(0, np.cumsum(duration_ns + 500))[:-1],
        duration_ns=duration_ns,
        flags=np.zeros(len(duration_ns)),
    )


def share_called(noise: Noise, runs: int, pairs: int, steps: int, slowdown: float, verdict: str) -> float:
    found = [ratio_in_turns(simulated(noise, seed, pairs, steps, slowdown)).verdict for seed in range(runs)]
    return found.count(verdict) / runs  # type: ignore[arg-type]


@pytest.mark.slow
@named
@pytest.mark.parametrize("pairs", [8, 20, 60])
def test_that_equal_layers_are_rarely_called_different(noise: Noise, pairs: int) -> None:
    runs = 200
    differing = 1 - share_called(noise, runs, pairs, 20, 0.0, "no difference")
    # 5 %, and three standard errors of what so many runs can show.
    assert differing <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


@pytest.mark.slow
@pytest.mark.parametrize(
    "noise", [independent, wandering, drifting, interrupted, restless], ids=lambda n: n.__name__
)
def test_that_a_slowdown_of_three_percent_is_found_in_ten_seconds(noise: Noise) -> None:
    # 100 turns of 50 ms each: 1 ms steps, 50 a turn.
    assert share_called(noise, 60, 100, 50, 0.03, "slower") >= 0.95


@pytest.mark.slow
def test_that_clocks_that_jump_hide_small_differences_but_are_never_taken_for_one() -> None:
    """The medians themselves jump between two clocks: the interval says so."""
    found = [ratio_in_turns(simulated(two_clocks, seed, 100, 50, 0.03)) for seed in range(60)]
    assert "faster" not in [each.verdict for each in found]
    holds = [
        each.interval_95 is not None and each.interval_95[0] <= 1.03 <= each.interval_95[1] for each in found
    ]
    assert np.mean(holds) >= 0.85


@pytest.mark.slow
@named
def test_that_the_interval_holds_the_true_ratio(noise: Noise) -> None:
    found = [ratio_in_turns(simulated(noise, seed, 20, 20, 0.5)).interval_95 for seed in range(150)]
    holds = [interval is not None and interval[0] <= 1.5 <= interval[1] for interval in found]
    assert np.mean(holds) >= 0.95 - 3 * np.sqrt(0.05 * 0.95 / 150)


def test_that_a_few_runs_already_tell_equal_from_slower() -> None:
    assert share_called(wandering, 30, 20, 20, 0.0, "no difference") >= 0.8
    assert share_called(wandering, 30, 20, 20, 0.1, "slower") >= 0.9


def test_that_turns_of_unlike_size_are_not_taken_for_a_difference() -> None:
    """The machine gets slower, and one side's turns grow while the other's shrink."""
    generator = np.random.default_rng(7)
    levels = np.linspace(100, 150, 20)
    blocks = [
        [list(level * generator.lognormal(0, 0.01, size)) for level, size in zip(levels, sizes, strict=True)]
        for sizes in (range(10, 50, 2), range(50, 10, -2))
    ]
    found = ratio_in_turns(in_turns(*blocks))
    assert found.ratio < 0.95
    assert found.verdict == "no difference"


def test_that_shorter_runs_know_less() -> None:
    def width(pairs: int) -> float:
        interval = ratio_in_turns(simulated(wandering, 5, pairs, 20, 0.0)).interval_95
        assert interval is not None
        return interval[1] - interval[0]

    assert width(6) > width(24) > width(96)


def test_that_steps_of_separate_runs_are_not_paired() -> None:
    steps = simulated(wandering, 4, 30, 20, 0.1)
    sides = [side(name, steps=steps.of_variant(number)) for number, name in enumerate("ab")]
    found = ratio_of(sides[0], sides[1], same_run=False)
    assert found is not None
    assert (found.is_paired, found.blocks, found.verdict) == (False, 20, "slower")
    few = [side(name, bare_us=[100.0] * 4) for name in "ab"]
    assert "4 steps alone" in getattr(ratio_of(few[0], few[1], same_run=False), "reason", "")


def profiled(name: str, wall_us: float, count: int) -> StepTable:
    durations = np.round(wall_us * 1e3 * np.exp(np.random.default_rng(count).normal(0, 0.01, count))).astype(
        int
    )
    return step_table(
        variant=np.zeros(count),
        step=np.arange(count),
        start_ns=BEGIN_NS + np.arange(count) * 10**9,
        duration_ns=durations,
        flags=np.full(count, StepFlag.PROFILED),
    )


@pytest.mark.parametrize(("count", "has_interval"), [(1, False), (5, False), (6, True), (40, True)])
def test_that_traces_compare_by_their_profiled_steps(count: int, has_interval: bool) -> None:
    sides = [
        side(
            name,
            [kernel("gemm", 0.8 * wall_us)],
            breakdown("device", kernel=0.8 * wall_us, other=0.2 * wall_us),
            steps=profiled(name, wall_us, count),
            is_trace=True,
            plan=None,
        )
        for name, wall_us in (("a", 100.0), ("b", 150.0))
    ]
    found = ratio_of(sides[0], sides[1], same_run=False)
    assert found is not None
    assert found.ratio == pytest.approx(1.5)
    assert (
        (found.interval_95 is not None) == has_interval == (found.verdict == "slower") == (not found.reason)
    )
    if found.interval_95 is not None:
        assert found.interval_95[0] <= 1.5 <= found.interval_95[1]


def test_that_a_million_steps_take_no_time_that_a_person_sees() -> None:
    steps = simulated(independent, 0, 50, 10_000, 0.0)
    sides = [side(name, steps=steps.of_variant(number)) for number, name in enumerate("ab")]
    best = min(_process_seconds(lambda: ratio_of(sides[0], sides[1], same_run=True)) for _ in range(3))
    # 0.06 s on a quiet machine; of the processor's time, which others on it don't take.
    assert best < 0.3


def _process_seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start
