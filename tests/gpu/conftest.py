"""Every test here needs a CUDA device, and none needs Qt."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.host.engine import Engine
from tests.gpu.gpu_run import GpuRuns

_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test in this folder ``gpu``."""
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.gpu)


@pytest.fixture(scope="session", autouse=True)
def cuda() -> None:
    """Skip where there is no CUDA device, with what torch says about it."""
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    if not torch.cuda.is_available():
        pytest.skip(f"needs a CUDA device; torch {torch.__version__} sees none")


@pytest.fixture(scope="session")
def engine(cuda: None) -> Iterator[Engine]:
    """One engine for all runs, as the app has."""
    engine = Engine()
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def runs(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> GpuRuns:
    """Run experiments to their end; the same one is run once."""
    return GpuRuns(engine, tmp_path_factory.mktemp("gpu_runs"))
