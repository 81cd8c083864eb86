"""Layers written in every way there is: whose time it is, forward, backward and in training."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

torch = pytest.importorskip("torch")

from tests.attribution import matrix  # noqa: E402
from tests.attribution.cases import CASES, Case  # noqa: E402
from tests.attribution.profiled_windows import Profiled, profiled  # noqa: E402

pytestmark = [
    # Checkpointing with reentry says so of a forward pass without gradients, and torch.jit of itself.
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad"),
    pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning"),
]

MATRIX = [pytest.param(case, phase, id=f"{case.name}-{phase}") for case in CASES for phase in case.phases]
BACKWARD = [parameters for parameters in MATRIX if parameters.values[1] != "forward"]


@pytest.fixture(scope="module")
def windows() -> Iterator[dict[tuple[Case, str], Profiled]]:
    """Return the windows opened so far; the same one is opened once."""
    is_tracked = torch.is_grad_enabled()
    yield {}
    torch.set_grad_enabled(is_tracked)


@pytest.fixture
def window(windows: dict[tuple[Case, str], Profiled], case: Case, phase: str) -> Profiled:
    """Return the window of one case in one phase."""
    if (case, phase) not in windows:
        windows[case, phase] = profiled(case, phase)
    return windows[case, phase]


@pytest.mark.parametrize(("case", "phase"), MATRIX)
def test_that_nearly_all_time_has_an_owner(window: Profiled, case: Case, phase: str) -> None:
    matrix.check_share(window)


@pytest.mark.parametrize(("case", "phase"), MATRIX)
def test_that_each_op_and_its_gradient_are_their_layers(window: Profiled, case: Case, phase: str) -> None:
    matrix.check_places(window, case, phase)


@pytest.mark.parametrize(("case", "phase"), MATRIX)
def test_that_loss_and_optimizer_hold_what_is_theirs(window: Profiled, case: Case, phase: str) -> None:
    matrix.check_others(window, phase)


@pytest.mark.parametrize(("case", "phase"), BACKWARD)
def test_that_gradients_accumulate_where_the_parameter_is_used(
    window: Profiled, case: Case, phase: str
) -> None:
    matrix.check_accumulations(window)
