"""Input tensors: reproducible, of any dtype, and refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.wire.problem import Problem, ProblemError
from engine.worker.model.inputs import DTYPES, InputRefill, make_inputs, resolve_dtype
from tests.worker.tree_of_layers import tensor


def problem_of(*specs: dict[str, Any]) -> Problem:
    with pytest.raises(ProblemError) as caught:
        make_inputs(list(specs), torch.float32, "cpu", 0)
    return caught.value.problem


def made(spec: dict[str, Any], dtype: torch.dtype = torch.float32, seed: int = 0) -> torch.Tensor:
    return make_inputs([spec], dtype, "cpu", seed)[0]


def test_that_a_seed_gives_the_same_values() -> None:
    assert torch.equal(made(tensor(3, 4)), made(tensor(3, 4)))
    assert not torch.equal(made(tensor(3, 4)), made(tensor(3, 4), seed=1))


def test_that_values_agree_between_precisions() -> None:
    single = made(tensor(100))
    assert torch.equal(made(tensor(100), torch.float64).float(), single)
    assert torch.equal(made(tensor(100), torch.bfloat16), single.bfloat16())


def test_that_one_more_input_changes_none_of_the_others() -> None:
    one = make_inputs([tensor(5)], torch.float32, "cpu", 3)
    two = make_inputs([tensor(5), tensor(5)], torch.float32, "cpu", 3)
    assert torch.equal(one[0], two[0])
    assert not torch.equal(two[0], two[1])


def test_that_distributions_are_as_described() -> None:
    normal = made(tensor(10_000))
    assert abs(normal.mean()) < 0.05
    assert abs(normal.std() - 1) < 0.05
    uniform = made(tensor(10_000, distribution="uniform"))
    assert 0 <= uniform.min() < 0.01
    assert 0.99 < uniform.max() < 1
    assert made(tensor(10, distribution="zeros")).abs().sum() == 0
    integers = made(tensor(1000, distribution="integers", below=7))
    assert integers.dtype is torch.int64
    assert sorted(set(integers.tolist())) == list(range(7))


@pytest.mark.parametrize("name", list(DTYPES))
def test_that_every_dtype_can_be_made(name: str) -> None:
    dtype = resolve_dtype(name)
    whole = not (dtype.is_floating_point or dtype.is_complex) and dtype is not torch.bool
    spec = tensor(4, 5, dtype=name, distribution="integers" if whole else "normal", below=9)
    result = made(spec)
    assert result.dtype is dtype
    assert result.shape == (4, 5)


def test_that_floating_inputs_follow_the_runs_dtype_and_integers_do_not() -> None:
    assert made(tensor(3), torch.float16).dtype is torch.float16
    assert made(tensor(3), torch.complex64).dtype is torch.complex64
    assert made(tensor(3, distribution="integers", below=3), torch.float16).dtype is torch.int64


def test_that_nothing_is_drawn_on_the_meta_device() -> None:
    (result,) = make_inputs([tensor(10**6, 10**6)], torch.float32, "meta", 0)
    assert result.is_meta


def test_that_the_default_device_does_not_matter() -> None:
    with torch.device("meta"):
        assert torch.equal(made(tensor(3)), made(tensor(3)))


@pytest.mark.parametrize(
    ("spec", "what"),
    [
        (tensor(3, dtype="float23"), "There is no dtype 'float23'."),
        (tensor(3, dtype="int64"), "An int64 input can't be normal."),
        (tensor(3, distribution="integers"), "needs a number to stay below, not None"),
        (tensor(3, distribution="integers", below=0), "needs a number to stay below, not 0"),
        (tensor(3, distribution="integers", below=300, dtype="uint8"), "Integers below 300 don't fit uint8."),
        (tensor(-3), "negative size"),
        (tensor(3, distribution="poisson"), "There is no distribution 'poisson'."),
        (tensor(10**7, 10**9), "can't be made on cpu"),
    ],
)
def test_that_a_bad_input_is_a_problem_at_that_input(spec: dict[str, Any], what: str) -> None:
    problem = problem_of(tensor(2), spec)
    assert what in problem.what
    assert problem.where == "input 2"
    assert problem.hint


def test_that_an_unknown_dtype_lists_the_known_ones() -> None:
    with pytest.raises(ProblemError) as caught:
        resolve_dtype("flaot32")
    assert "Did you mean float32" in caught.value.problem.hint
    assert "bfloat16" in caught.value.problem.hint
    assert resolve_dtype("torch.float32") is torch.float32


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "bfloat16", "complex64"])
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_that_fresh_values_are_spread_as_the_first_ones_were(dtype: str, distribution: str) -> None:
    spec = {**tensor(20_000, dtype=dtype), "distribution": distribution}
    value = made(spec)
    first = value.clone()
    InputRefill([spec], [value], seed=0)()

    assert not torch.equal(first, value)
    wide = torch.complex128 if value.is_complex() else torch.float64
    assert torch.allclose(first.to(wide).mean(), value.to(wide).mean(), atol=0.03)
    assert first.to(wide).std().item() == pytest.approx(value.to(wide).std().item(), rel=0.03)


@pytest.mark.parametrize("dtype", ["int64", "uint8", "float32", "float16"])
def test_that_fresh_integers_stay_in_their_range_and_reach_all_of_it(dtype: str) -> None:
    spec = {**tensor(5_000, dtype=dtype), "distribution": "integers", "below": 7}
    value = made(spec)
    InputRefill([spec], [value], seed=0)()

    assert set(value.tolist()) == set(range(7))
    assert str(value.dtype) == f"torch.{dtype}"


def test_that_fresh_zeros_are_zeros_and_fresh_truths_both() -> None:
    zeros = made({**tensor(5), "distribution": "zeros"}).fill_(3.0)
    truths = made({**tensor(500, dtype="bool"), "distribution": "normal"})
    InputRefill(
        [{**tensor(5), "distribution": "zeros"}, {**tensor(500, dtype="bool"), "distribution": "normal"}],
        [zeros, truths],
        seed=0,
    )()

    assert not zeros.any()
    assert 150 < int(truths.sum()) < 350


def test_that_fresh_values_are_the_same_in_every_run_of_a_seed() -> None:
    rounds = []
    for _ in range(2):
        value = made(tensor(50))
        refill = InputRefill([tensor(50)], [value], seed=4)
        refill()
        refill()
        rounds.append(value)

    assert torch.equal(*rounds)


def test_that_a_leaf_that_needs_gradients_is_refilled_in_place() -> None:
    value = made(tensor(50)).requires_grad_(True)
    before = value.detach().clone()
    InputRefill([tensor(50)], [value], seed=0)()

    assert value.requires_grad
    assert value.is_leaf
    assert not torch.equal(before, value)
