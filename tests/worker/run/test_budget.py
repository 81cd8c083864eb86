from __future__ import annotations

from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.worker.run.budget import MINIMUM_SPACING_NS, RESERVE, Budget
from engine.worker.run.schedule import turns

MS = 1_000_000


def spend_greedily(percent: float, overhead_ns: int, step_ns: int, total_ns: int) -> tuple[float, int]:
    """Run a fake loop that opens a window whenever it may; return the share spent and the windows."""
    budget, now, windows = Budget(percent), 0, 0
    budget.start(now)
    while now < total_ns:
        now += step_ns
        budget.credit(step_ns)
        if budget.allows(now, overhead_ns, overhead_ns + step_ns):
            now += overhead_ns + step_ns
            budget.end_window(now, step_ns)
            windows += 1
    return budget.share(now), windows


@given(
    st.sampled_from([1.0, 5.0, 10.0, 25.0]), st.integers(MS // 10, 50 * MS), st.integers(MS // 100, 400 * MS)
)
def test_that_windows_never_cost_more_than_the_budget(percent: float, overhead_ns: int, step_ns: int) -> None:
    share, _ = spend_greedily(percent, overhead_ns, step_ns, total_ns=2_000 * step_ns)

    assert share <= percent / 100


def test_that_the_budget_is_used_where_windows_are_dear() -> None:
    share, _ = spend_greedily(10.0, overhead_ns=20 * MS, step_ns=1 * MS, total_ns=20_000 * MS)

    assert share == pytest.approx(0.10 * (1 - RESERVE), abs=0.002)


def test_that_cheap_windows_are_spaced_for_the_eye() -> None:
    share, windows = spend_greedily(10.0, overhead_ns=MS // 10, step_ns=MS // 10, total_ns=10_000 * MS)

    assert share < 0.01
    assert windows == pytest.approx(10_000 * MS / MINIMUM_SPACING_NS, rel=0.01)


def test_that_a_budget_of_nothing_opens_no_window() -> None:
    assert spend_greedily(0.0, MS, MS, 1_000 * MS) == (0.0, 0)


def test_that_what_windows_may_cost_is_what_all_else_leaves_over() -> None:
    budget = Budget(10.0)
    budget.start(0)
    budget.credit(96 * MS)

    # 4 of 100 ms went into sending: 5 more are left of 9.
    assert budget.share(100 * MS) == pytest.approx(0.04)
    assert budget.allows(100 * MS, expected_overhead_ns=5 * MS, window_ns=0)
    assert not budget.allows(100 * MS, expected_overhead_ns=6 * MS, window_ns=0)


def test_that_a_budget_of_nothing_opens_no_window_however_cheap() -> None:
    budget = Budget(0.0)
    budget.start(0)
    budget.credit(MS)

    assert not budget.allows(MS, expected_overhead_ns=0, window_ns=MS)


def test_that_more_credit_than_time_is_a_share_of_nothing() -> None:
    budget = Budget(10.0)
    budget.start(0)
    budget.credit(5 * MS)

    assert budget.share(4 * MS) == 0.0


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_that_turns_give_every_variant_the_same_mean_position(count: int) -> None:
    order = list(islice(turns(count), 6 * count))
    positions = [[p for p, who in enumerate(order) if who == variant] for variant in range(count)]

    assert len({sum(p) for p in positions}) == 1
    assert all(len(p) == 6 for p in positions)


def test_that_two_variants_alternate_as_a_b_b_a() -> None:
    assert list(islice(turns(2), 8)) == [0, 1, 1, 0, 0, 1, 1, 0]
