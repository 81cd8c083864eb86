"""The conditions that end a command with exit code 3."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

import pytest

from engine.analysis.comparison.results import Comparison, RatioEstimate
from engine.command_line.gates import Gates, requested_gates
from engine.trace.same_work import SameWork, TensorComparison
from engine.wire.problem import ProblemError

RATIO = RatioEstimate(
    baseline_median_us=100.0,
    variant_median_us=108.0,
    ratio=1.08,
    interval_95=(1.06, 1.1),
    verdict="slower",
    is_paired=True,
    blocks=20,
)
EQUAL = SameWork(baseline=0, variant=1, outputs_equal=True, gradients_equal=True)
COMPARISON = Comparison(baseline="built-in", variant="mine", headline="8 %", ratio=RATIO, same_work=EQUAL)


def failures(gates: Gates, has_gradients: bool = True, **changes: object) -> list[str]:
    return gates.failures([replace(COMPARISON, **changes)], has_gradients)  # type: ignore[arg-type]


@pytest.mark.parametrize(("percent", "fails"), [(0, True), (5.9, True), (6.1, False), (50, False)])
def test_that_too_slow_is_what_the_whole_interval_says(percent: float, fails: bool) -> None:
    found = failures(Gates(percent))

    assert bool(found) is fails
    if fails:
        (line,) = found
        assert line == (
            "mine against built-in: 8.0 % slower, with 95 % confidence by at least 6.0 %;"
            f" {percent:g} % is allowed."
        )


def test_that_a_small_slowdown_that_fails_is_told_in_digits_that_show_it() -> None:
    small = replace(RATIO, variant_median_us=100.04, ratio=1.0004, interval_95=(1.0002, 1.0006))

    assert failures(Gates(0), ratio=small) == [
        "mine against built-in: 0.04 % slower, with 95 % confidence by at least 0.02 %; 0 % is allowed."
    ]


def test_that_a_median_above_is_no_failure_while_noise_may_be_the_cause() -> None:
    assert failures(Gates(5), ratio=replace(RATIO, interval_95=(1.02, 1.14))) == []


def test_that_a_faster_variant_passes() -> None:
    assert failures(Gates(0), ratio=replace(RATIO, ratio=0.5, interval_95=(0.49, 0.51))) == []


@pytest.mark.parametrize("ratio", [None, replace(RATIO, interval_95=None, reason="There are 2 pairs.")])
def test_that_what_cannot_be_told_does_not_pass(ratio: RatioEstimate | None) -> None:
    (line,) = failures(Gates(5), ratio=ratio)

    assert "can't be told" in line


def test_that_nothing_to_compare_does_not_pass() -> None:
    assert Gates(5).failures([]) != []


def test_that_equal_work_passes() -> None:
    assert failures(Gates(same_work=True)) == []


def test_that_unequal_outputs_are_named() -> None:
    tensors = (
        TensorComparison(name="output", role="output", dtype="float32", shape=(2,), is_equal=True),
        TensorComparison(name="output 2", role="output", dtype="float32", shape=(2,), is_equal=False),
    )
    same = replace(EQUAL, outputs_equal=False, tensors=tensors)

    assert failures(Gates(same_work=True), same_work=same) == [
        "mine against built-in: outputs are not equal (output 2)."
    ]


def test_that_gradients_count_where_a_step_makes_some() -> None:
    forward = replace(EQUAL, gradients_equal=None)

    assert failures(Gates(same_work=True), has_gradients=False, same_work=forward) == []
    (line,) = failures(Gates(same_work=True), same_work=replace(forward, reason="Not comparable: no input."))
    assert line == "mine against built-in: gradients can't be compared. Not comparable: no input."


def test_that_work_nobody_compared_does_not_pass() -> None:
    (line,) = failures(Gates(same_work=True), same_work=None)

    assert "can't be compared" in line


@pytest.mark.parametrize("percent", [-1.0, float("nan"), float("inf")])
def test_that_no_percentage_is_refused(percent: float) -> None:
    with pytest.raises(ProblemError, match="not a share"):
        requested_gates(Namespace(fail_if_slower=percent))
