"""Counts and self times of operators against torch's own, on one and the same profile."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from engine.analysis.kernel_totals import KernelTotals  # noqa: E402
from engine.worker.run import window as worker_window  # noqa: E402
from tests.attribution.cases import CASES, Case  # noqa: E402
from tests.attribution.profiled_windows import EXPECTED_PREFIX, Profiled, profiled  # noqa: E402

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad"),
    pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning"),
]

# torch counts ranges as well; we show them as what they are.
RANGES = ("layer:", "phase:", "ProfilerStep", "Optimizer.", EXPECTED_PREFIX)
# Training has all that the other phases have.
MATRIX = [pytest.param(case, case.phases[-1], id=case.name) for case in CASES]

Numbers = dict[str, tuple[int, float]]


@pytest.fixture
def profiles(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Collect the profiles that windows make."""
    made: list[Any] = []
    is_tracked = torch.is_grad_enabled()

    def make(**options: Any) -> Any:
        made.append(torch.profiler.profile(**options))
        return made[-1]

    monkeypatch.setattr(worker_window, "profile", make)
    yield made
    torch.set_grad_enabled(is_tracked)


def theirs(profile: Any) -> Numbers:
    return {
        row.key: (row.count, round(row.self_cpu_time_total, 3))
        for row in profile.key_averages()
        if not row.key.startswith(RANGES)
    }


def ours(window: Profiled) -> Numbers:
    totals = KernelTotals()
    totals.add(window.table, window.costs.measured, window.costs.owner)
    return {row.name: (row.count, round(row.total_us, 3)) for row in totals.rows(window.paths, 1)}


@pytest.mark.parametrize(("case", "phase"), MATRIX)
def test_that_counts_and_self_times_are_torchs(profiles: list[Any], case: Case, phase: str) -> None:
    window = profiled(case, phase)

    (profile,) = profiles
    assert len(theirs(profile)) > 4
    assert ours(window) == theirs(profile)
