"""A built-in call is advised only if it gives the same numbers and takes no longer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch

from engine.worker.checks import precision, speed
from engine.worker.checks.by_hand import confirm, linear, scale_shift
from engine.worker.checks.check import Check, UnavailableError
from engine.worker.checks.timing import median_times_us
from tests.worker.checks.step_specimens import findings, specimen_of

LINEAR = "by_hand.py:MatmulAndBias()"
BY_HAND_US = 10.0


@pytest.fixture
def built_in_takes(monkeypatch: pytest.MonkeyPatch) -> Any:
    def take(duration_us: float) -> None:
        def times(calls: Sequence[Any], _device: torch.device) -> list[float]:
            return [BY_HAND_US, duration_us]

        monkeypatch.setattr(confirm, "median_times_us", times)

    return take


def test_that_what_it_saves_is_told_with_how_it_was_measured(built_in_takes: Any) -> None:
    built_in_takes(4.0)

    ((_, finding),) = findings(linear.CHECKS, specimen_of(LINEAR, (16, 32)))

    assert finding.saves_us == pytest.approx(6.0)
    assert finding.saves_basis == "measured on this device, forward: 10 µs by hand, 4 µs built in"


def test_that_an_equal_time_saves_nothing_and_says_so(built_in_takes: Any) -> None:
    built_in_takes(10.5)

    ((_, finding),) = findings(linear.CHECKS, specimen_of(LINEAR, (16, 32)))

    assert finding.saves_us is None
    assert "takes as long" in finding.what


def test_that_a_slower_built_in_call_is_not_advised(built_in_takes: Any) -> None:
    built_in_takes(20.0)

    assert findings(linear.CHECKS, specimen_of(LINEAR, (16, 32))) == []


def test_that_an_addcmul_has_to_be_clearly_faster(built_in_takes: Any) -> None:
    built_in_takes(9.5)

    assert findings(scale_shift.CHECKS, specimen_of("by_hand.py:ScaleShift()", (16, 32))) == []


def test_that_the_call_with_more_to_do_takes_longer(one_thread: None) -> None:
    small, large = torch.randn(8, 8), torch.randn(512, 512)

    small_us, large_us = median_times_us([lambda: small @ small, lambda: large @ large], torch.device("cpu"))

    assert 0 < small_us < large_us


@pytest.mark.parametrize("check", [c.name for c in (*precision.CHECKS, *speed.CHECKS)])
def test_that_a_layer_that_fails_makes_no_check_fail(check: str, tmp_path: Any) -> None:
    (tmp_path / "failing.py").write_text(
        "from torch import nn\n\nclass Fails(nn.Module):\n"
        "    def forward(self, x):\n        raise SystemExit(3)\n"
    )
    (made,) = (c for c in (*precision.CHECKS, *speed.CHECKS) if c.name == check)

    with pytest.raises(UnavailableError, match=r"exit|CUDA|optimizer"):
        list(made.examine(specimen_of("failing.py:Fails()", (4, 8), tmp_path)))


@pytest.mark.parametrize("check", precision.CHECKS, ids=lambda check: check.name)
def test_that_parameters_which_differ_from_build_to_build_are_compared_with_themselves(check: Check) -> None:
    assert list(check.examine(specimen_of("precision.py:Uninitialised()", (16, 8)))) == []
