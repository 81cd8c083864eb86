"""What each layer gets of what the one before it returns."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from engine.wire.problem import ProblemError
from engine.worker.model.containers import Model, Parallel, Residual, Sequential
from engine.worker.model.passing import output_tensors


class Call(nn.Module):
    """A layer that is one function."""

    def __init__(self, function: Any) -> None:
        super().__init__()
        self.forward = function


def chain(*layers: Any) -> Model:
    return Model([(str(i), x if isinstance(x, nn.Module) else Call(x)) for i, x in enumerate(layers)])


x = torch.arange(6.0).reshape(2, 3)


def test_that_the_first_layer_gets_all_inputs() -> None:
    assert torch.equal(chain(lambda a, b: a - b)(x, x), torch.zeros(2, 3))


def test_that_an_input_the_layer_cannot_take_is_an_error() -> None:
    with pytest.raises(TypeError):
        chain(nn.Linear(3, 3))(x, x)


def test_that_a_missing_input_is_the_last_one_again() -> None:
    assert torch.equal(chain(lambda a, b, c: a + b + c)(x), 3 * x)
    assert chain(nn.MSELoss())(x) == 0
    assert chain(nn.Bilinear(3, 3, 5))(x).shape == (2, 5)


def test_that_attention_attends_to_its_own_input() -> None:
    output, weights = chain(nn.MultiheadAttention(4, 2), nn.MultiheadAttention(4, 2))(torch.ones(5, 2, 4))
    assert output.shape == (5, 2, 4)
    assert weights.shape == (2, 5, 5)


def test_that_a_tuple_is_spread_over_as_many_parameters() -> None:
    assert torch.equal(chain(lambda a: (a, 2 * a), lambda p, q: p - q)(x), -x)


def test_that_of_any_other_tuple_the_first_tensor_goes_on() -> None:
    assert chain(nn.LSTM(3, 5), nn.Linear(5, 2))(torch.ones(4, 2, 3)).shape == (4, 2, 2)
    assert torch.equal(chain(lambda a: (None, [a, -a]), lambda p, q=None: p)(x), x)


def test_that_a_dict_is_matched_by_name() -> None:
    made = chain(lambda a: {"right": a, "left": 2 * a, "more": 0}, lambda left, right: left - right)
    assert torch.equal(made(x), x)


def test_that_of_any_other_dict_the_first_tensor_goes_on() -> None:
    assert torch.equal(chain(lambda a: {"logits": a, "loss": a.sum()}, nn.Identity())(x), x)


def test_that_a_layer_that_asks_for_a_collection_gets_it_whole() -> None:
    def takes_a_dict(batch: dict[str, Tensor]) -> Tensor:
        return batch["b"]

    def takes_a_tuple(pair: tuple[Tensor, Tensor]) -> Tensor:
        return pair[1]

    assert torch.equal(chain(lambda a: {"a": a, "b": -a}, takes_a_dict)(x), -x)
    assert torch.equal(chain(lambda a: (a, -a), takes_a_tuple)(x), -x)


def test_that_a_value_without_tensors_goes_on_untouched() -> None:
    assert chain(lambda a: "text", lambda text: text.upper())(x) == "TEXT"


def test_that_containers_pass_values_on_whole() -> None:
    inner = Sequential([("add", Call(lambda p, q: p + q))])
    assert torch.equal(chain(lambda a: (a, a), inner)(x), 2 * x)
    assert torch.equal(chain(inner)(x, x), 2 * x)


def test_that_a_residual_adds_its_input() -> None:
    assert torch.equal(Residual([("double", Call(lambda a: 2 * a))])(x), 3 * x)
    assert torch.equal(Residual([])(x), x)
    assert Residual([("rnn", nn.LSTM(3, 3))])(torch.ones(4, 2, 3)).shape == (4, 2, 3)


def test_that_parallel_branches_are_summed_or_concatenated() -> None:
    branches = [("one", nn.Identity()), ("two", Call(lambda a: (2 * a, None)))]
    assert torch.equal(Parallel(branches, "sum", 1)(x), 3 * x)
    assert Parallel(branches, "concatenate", 1)(x).shape == (2, 6)
    assert Parallel(branches, "concatenate", 0)(x).shape == (4, 3)


def test_that_a_copied_model_uses_its_own_layers() -> None:
    model = chain(nn.Linear(3, 3), nn.Linear(3, 3))
    copied = copy.deepcopy(model)
    with torch.no_grad():
        for parameter in copied.parameters():
            parameter.zero_()
    assert copied(x).abs().sum() == 0
    assert model(x).abs().sum() > 0


@dataclass
class Result:
    logits: Tensor
    name: str = "result"


@pytest.mark.parametrize(
    ("output", "count"),
    [(x, 1), ((x, [x, None]), 2), ({"a": x, "b": {"c": x}}, 2), (Result(x), 1)],
)
def test_that_all_tensors_of_an_output_are_found(output: Any, count: int) -> None:
    found = output_tensors(output)
    assert len(found) == count
    assert all(tensor is x for tensor in found)


@pytest.mark.parametrize(
    ("output", "what"),
    [(None, "None"), (3, "an int"), ("text", "a str"), ((1, None), "a tuple without a tensor in it")],
)
def test_that_an_output_without_tensors_is_a_problem(output: Any, what: str) -> None:
    with pytest.raises(ProblemError) as caught:
        output_tensors(output)
    assert caught.value.problem.what == f"The model's output is {what}, not a tensor."
    assert caught.value.problem.hint
