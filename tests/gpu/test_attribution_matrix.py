"""The matrix of `tests.attribution` on a GPU: kernels instead of operators, the same cases and owners."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.attribution import matrix
from tests.attribution.cases import CASES, Case
from tests.attribution.profiled_windows import Profiled, profiled
from tests.gpu.gpu_run import DEVICE

pytestmark = [
    pytest.mark.filterwarnings("ignore:None of the inputs have requires_grad"),
    pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning"),
]

DATA_PARALLEL = Case("nn.DataParallel", "parallel.py:DataParallel()", ops={"sin": "m.layers.module.1"})
MATRIX = [pytest.param(case, phase, id=f"{case.name}-{phase}") for case in CASES for phase in case.phases]
BACKWARD = [parameters for parameters in MATRIX if parameters.values[1] != "forward"]


@pytest.fixture(scope="module")
def windows() -> Iterator[dict[tuple[Case, str], Profiled]]:
    """Return the windows opened so far; the same one is opened once."""
    import torch

    is_tracked = torch.is_grad_enabled()
    yield {}
    torch.set_grad_enabled(is_tracked)


@pytest.fixture
def window(windows: dict[tuple[Case, str], Profiled], case: Case, phase: str) -> Profiled:
    """Return the window of one case in one phase."""
    if (case, phase) not in windows:
        windows[case, phase] = profiled(case, phase, DEVICE)
    return windows[case, phase]


@pytest.mark.parametrize(("case", "phase"), MATRIX)
def test_that_nearly_all_device_time_has_an_owner(window: Profiled, case: Case, phase: str) -> None:
    assert window.costs.measured.basis == "device"
    matrix.check_share(window)


@pytest.mark.parametrize(("case", "phase"), MATRIX)
def test_that_each_kernel_is_its_layers(window: Profiled, case: Case, phase: str) -> None:
    # An op may do without a kernel, or have two where the CPU has one.
    matrix.check_places(window, case, phase, may_be_absent=True)


@pytest.mark.parametrize(("case", "phase"), MATRIX)
def test_that_loss_and_optimizer_hold_what_is_theirs(window: Profiled, case: Case, phase: str) -> None:
    matrix.check_others(window, phase)


@pytest.mark.parametrize(("case", "phase"), BACKWARD)
def test_that_gradients_accumulate_where_the_parameter_is_used(
    window: Profiled, case: Case, phase: str
) -> None:
    matrix.check_accumulations(window)


@pytest.mark.parametrize("phase", ["forward", "backward", "training"])
def test_that_data_parallel_replicas_go_by_their_originals_name(
    windows: dict[tuple[Case, str], Profiled], phase: str
) -> None:
    import torch

    if torch.cuda.device_count() < 2:
        pytest.skip("data parallel replicates on two devices or more")
    window = profiled(DATA_PARALLEL, phase, DEVICE)
    matrix.check_share(window)
    matrix.check_places(window, DATA_PARALLEL, phase, may_be_absent=True)
