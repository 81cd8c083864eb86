"""A variant's settings: what torch has no name for is refused with what it has."""

from __future__ import annotations

from typing import Any

import pytest

from engine.wire.problem import ProblemError
from engine.worker.run.settings import resolve_settings


def plan(optimizer: str, phase: str = "training") -> dict[str, Any]:
    return {
        "device": "cpu",
        "dtype": "float32",
        "autocast": None,
        "phase": phase,
        "mode": "train",
        "channels_last": False,
        "compile": False,
        "loss": "mean",
        "optimizer": {"name": optimizer, "learning_rate": 0.01},
        "seed": 0,
    }


@pytest.mark.parametrize("name", ["SGD", "AdamW", "Rprop"])
def test_that_an_optimizer_is_found_by_name(name: str) -> None:
    assert resolve_settings(plan(name), {}).optimizer == name


def test_that_a_misspelt_optimizer_is_told_what_was_meant() -> None:
    with pytest.raises(ProblemError, match=r"no optimizer 'Adma'") as caught:
        resolve_settings(plan("Adma"), {})
    assert "Adam?" in caught.value.problem.hint


@pytest.mark.parametrize("name", ["LBFGS", "Optimizer"])
def test_that_an_optimizer_that_cannot_step_alone_is_neither_run_nor_offered(name: str) -> None:
    with pytest.raises(ProblemError, match="can't be run") as caught:
        resolve_settings(plan(name), {})
    assert f" {name}," not in caught.value.problem.hint


def test_that_an_optimizer_matters_only_in_training() -> None:
    assert resolve_settings(plan("LBFGS", "forward"), {}).phase == "forward"
