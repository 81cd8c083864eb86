import pytest

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


def test_that_profiled_and_warm_up_steps_never_count() -> None:
    found = step_statistics(steps([1, 500, 900], [0, StepFlag.PROFILED, StepFlag.WARM_UP]))
    assert found is not None
    assert (found.count, found.max_us) == (1, 1)


def test_that_without_a_bare_step_there_is_no_spread() -> None:
    assert step_statistics(steps([])) is None
    assert step_statistics(steps([5.0], [StepFlag.PROFILED])) is None
