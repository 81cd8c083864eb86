from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.step_statistics import step_statistics
from engine.trace.step_table import StepFlag, StepTable, step_table


def steps(durations_us: list[float], flags: list[int] | None = None) -> StepTable:
    count = len(durations_us)
    return step_table(
        variant=[0] * count,
        step=list(range(count)),
        start_ns=list(range(count)),
        duration_ns=[int(us * 1000) for us in durations_us],
        flags=flags or [0] * count,
    )


def test_that_the_spread_of_bare_steps_is_given_in_microseconds() -> None:
    found = step_statistics(steps([1, 2, 3, 4, 10]))
    assert found is not None
    assert (found.count, found.median_us, found.mean_us) == (5, 3, 4)
    assert (found.min_us, found.max_us) == (1, 10)
    assert (found.p10_us, found.p90_us) == pytest.approx((1.4, 7.6))
    assert found.mad_us == 1


@given(st.lists(st.integers(0, 2**40), min_size=1, max_size=60))
def test_that_percentiles_and_deviation_are_numpys(durations_ns: list[int]) -> None:
    table = steps([0] * len(durations_ns))
    found = step_statistics(replace(table, duration_ns=np.array(durations_ns)))
    assert found is not None
    for percent in (1, 5, 10, 25, 75, 90, 95, 99):
        expected = np.percentile(durations_ns, percent) / 1e3
        assert getattr(found, f"p{percent}_us") == pytest.approx(expected, rel=1e-9)
    median = np.median(durations_ns)
    assert found.median_us == pytest.approx(median / 1e3)
    assert found.mad_us == pytest.approx(np.median(np.abs(np.array(durations_ns) - median)) / 1e3)


def test_that_the_interval_reaches_as_far_as_its_farther_end() -> None:
    found = step_statistics(steps([10.0] * 10 + [10.0, 10.4, 10.8, 11.2, 11.6, 12.0] * 2))
    assert found is not None
    assert found.median_interval_95_us is not None
    low, high = found.median_interval_95_us
    assert low == 10.0
    assert found.interval_share == pytest.approx((high - found.median_us) / found.median_us)
    assert high > found.median_us


def test_that_five_steps_have_a_median_and_no_interval() -> None:
    found = step_statistics(steps([1, 2, 3, 4, 5]))
    assert found is not None
    assert (found.median_us, found.median_interval_95_us, found.interval_share) == (3, None, None)


def test_that_an_interrupted_step_counts_as_timed() -> None:
    found = step_statistics(
        steps([1, 500, 3], [0, StepFlag.INTERRUPTED, StepFlag.PROFILED | StepFlag.INTERRUPTED])
    )
    assert found is not None
    assert (found.count, found.max_us) == (2, 500)


def test_that_profiled_and_warm_up_steps_never_count() -> None:
    found = step_statistics(steps([1, 500, 900], [0, StepFlag.PROFILED, StepFlag.WARM_UP]))
    assert found is not None
    assert (found.count, found.max_us) == (1, 1)


def test_that_without_a_bare_step_there_is_no_spread() -> None:
    assert step_statistics(steps([])) is None
    assert step_statistics(steps([5.0], [StepFlag.PROFILED])) is None
