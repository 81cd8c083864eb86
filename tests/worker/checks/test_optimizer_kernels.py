"""The optimizer's way of updating is advised on only where another one saves part of the step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from engine.experiment.run_plan import Optimizer
from engine.worker.checks import optimizer_kernels
from engine.worker.checks.check import UnavailableError
from tests.worker.checks.step_specimens import findings, specimen_of

STACK = "precision.py:DeepStack()"


def fake_times(monkeypatch: pytest.MonkeyPatch, *given: float) -> None:
    def times(calls: Sequence[Any], _device: torch.device) -> list[float]:
        for call in calls:
            call()
        assert len(calls) == len(given)
        return list(given)

    monkeypatch.setattr(optimizer_kernels, "median_times_us", times)


def test_that_a_faster_way_is_named_with_what_it_saves(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_times(monkeypatch, 300.0, 40.0, 90.0, 1000.0)
    specimen = specimen_of(STACK, (4, 8), phase="training", optimizer=Optimizer(name="AdamW"))

    ((_, finding),) = findings(optimizer_kernels.CHECKS, specimen)

    assert "fused=True" in finding.what
    assert finding.saves_us == 260.0
    assert finding.op == "torch.optim.AdamW"


def test_that_a_small_share_of_the_step_is_not_worth_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    fake_times(monkeypatch, 80.0, 40.0, 60.0, 1000.0)

    assert findings(optimizer_kernels.CHECKS, specimen_of(STACK, (4, 8), phase="training")) == []


def test_that_a_fused_update_of_many_small_tensors_really_is_faster(
    one_thread: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What share of the step it is depends on who else is busy.
    monkeypatch.setattr(optimizer_kernels, "_LEAST_SHARE", 0.0)
    specimen = specimen_of(STACK, (4, 8), phase="training", optimizer=Optimizer(name="Adam"))

    ((_, finding),) = findings(optimizer_kernels.CHECKS, specimen)

    assert finding.saves_us is not None
    assert finding.saves_us > 0


def test_that_a_plan_without_optimizer_is_unavailable() -> None:
    with pytest.raises(UnavailableError, match="no optimizer"):
        list(optimizer_kernels.CHECKS[0].examine(specimen_of(STACK, (4, 8))))
