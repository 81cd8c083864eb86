from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, replace

import pytest
import torch

from engine.experiment.run_plan import RunPlan
from engine.worker.run.settings import apply_backends


@pytest.fixture(autouse=True)
def threads_as_before() -> Iterator[None]:
    threads, grad = torch.get_num_threads(), torch.is_grad_enabled()
    yield
    torch.set_num_threads(threads)
    torch.set_grad_enabled(grad)


def threads_for(plan: RunPlan, cores: int, of_torch: int, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr("engine.worker.run.settings._usable_cores", lambda: range(cores))
    torch.set_num_threads(of_torch)
    apply_backends(asdict(plan))
    return torch.get_num_threads()


@pytest.mark.parametrize(("cores", "of_torch", "used"), [(2, 2, 1), (8, 8, 7), (16, 8, 8), (1, 1, 1)])
def test_that_a_run_leaves_one_core_to_the_app(
    monkeypatch: pytest.MonkeyPatch, cores: int, of_torch: int, used: int
) -> None:
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.delenv("MKL_NUM_THREADS", raising=False)

    assert threads_for(RunPlan(), cores, of_torch, monkeypatch) == used


def test_that_a_number_the_person_chose_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    assert threads_for(replace(RunPlan(), threads=2), 2, 1, monkeypatch) == 2
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    assert threads_for(RunPlan(), 2, 2, monkeypatch) == 2
