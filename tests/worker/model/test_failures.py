"""A failure of a model names the layer, what it expects, what it gets, and what to change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from engine.wire.problem import Problem, ProblemError
from engine.worker.model.build import build_model
from engine.worker.model.failing_layer import find_failing_layer, previous_path
from engine.worker.model.failures import explain_failure, explain_model_failure
from engine.worker.model.inputs import make_inputs
from tests.worker.tree_of_layers import container, layer, tensor, write_layers


def failure(nodes: list[Any], *specs: Any, base_directory: Path = Path()) -> Problem:
    """Run the model for real and explain what it raises."""
    model = build_model(nodes, str(base_directory))
    inputs = make_inputs(list(specs), torch.float32, "cpu", 0)
    with pytest.raises(BaseException) as caught:  # noqa: PT011 (the kind of error is torch's affair)
        model(*inputs)
    return explain_model_failure(caught.value, model)


MISMATCHES = [
    (
        layer("nn.Linear(512, 9)"),
        tensor(32, 256),
        "512 input features but gets 256",
        "in_features=256",
    ),
    (
        layer("nn.Bilinear(3, 4, 5)"),
        tensor(2, 3),
        "4 features in its second input",
        "in2_features=3",
    ),
    (layer("nn.Conv2d(3, 8, 3)"), tensor(2, 4, 8, 8), "expects 3 input channels but gets 4", "in_channels=4"),
    (
        layer("nn.Conv2d(3, 8, 3)"),
        tensor(2, 4),
        "batch×channels×height×width",
        "Unflatten",
    ),
    (layer("nn.Conv1d(3, 8, 9)"), tensor(2, 3, 4), "has a kernel that spans 9", "smaller kernel_size"),
    (
        layer("nn.ConvTranspose2d(3, 8, 3)"),
        tensor(2, 5, 4, 4),
        "3 input channels but",
        "in_channels=5",
    ),
    (layer("nn.BatchNorm2d(8)"), tensor(2, 4, 8, 8), "expects 8 channels but gets 4", "num_features=4"),
    (layer("nn.BatchNorm2d(8)"), tensor(2, 8), "batch×channels×height×width but gets 2×8", "dimensions"),
    (layer("nn.BatchNorm1d(8)"), tensor(1, 8), "can't normalise one value per channel", "eval mode"),
    (layer("nn.GroupNorm(2, 8)"), tensor(2, 6, 4), "expects 8 channels but gets 6", "num_channels=6"),
    (
        layer("nn.LayerNorm(8)"),
        tensor(2, 6),
        "last dimension of 8 but gets 6",
        "normalized_shape=6",
    ),
    (layer("nn.LayerNorm((4, 8))"), tensor(2, 5, 8), "last dimensions 4×8 but gets 2×5×8", "(5, 8)"),
    (layer("nn.RMSNorm(8)"), tensor(2, 6), "last dimension of 8 but gets 6", "normalized_shape=6"),
    (
        layer("nn.Embedding(10, 4)"),
        tensor(3),
        "whole-number indices but",
        "integers below 10",
    ),
    (
        layer("nn.Embedding(10, 4)"),
        tensor(99, distribution="integers", below=20),
        "has indices 0 to 9 but gets 19",
        "num_embeddings=20",
    ),
    (
        layer("nn.MultiheadAttention(8, 2)"),
        tensor(5, 2, 6),
        "8 features in its query but",
        "embed_dim=6",
    ),
    (layer("nn.LSTM(8, 2)"), tensor(5, 2, 6), "expects 8 input features but gets 6", "input_size=6"),
    (layer("nn.LSTM(8, 2)"), tensor(8), "sequence×batch×8 but gets 8", "3 dimensions"),
    (layer("nn.GRUCell(8, 2)"), tensor(5, 6), "expects 8 input features but gets 6", "input_size=6"),
    (layer("nn.TransformerEncoderLayer(8, 2)"), tensor(5, 2, 6), "8 features but gets 6", "d_model=6"),
    (
        layer("nn.Linear(8, 8)"),
        tensor(5, 8, dtype="float64"),
        "float32 parameters but",
        "float32",
    ),
    (
        layer("nn.Linear(8, 8)"),
        tensor(5, 8, distribution="integers", below=3),
        "computes in float32 but gets int64",
        "floating dtype",
    ),
    (layer("nn.Linear(8, 8)"), tensor(), "gets a scalar", "shape"),
]


@pytest.mark.parametrize(("node", "spec", "what", "hint"), MISMATCHES)
def test_that_a_mismatch_names_both_sizes_and_the_parameter(
    node: dict[str, Any], spec: dict[str, Any], what: str, hint: str
) -> None:
    problem = failure([node], spec)
    assert what in problem.what
    assert problem.what.startswith(f"Layer {node['name']} (")
    assert hint in problem.hint
    assert problem.where == node["name"]
    assert problem.traceback.startswith("Traceback")


def test_that_the_hint_names_the_layer_before() -> None:
    nodes = [layer("nn.Linear(10, 256)", "first"), layer("nn.ReLU()"), layer("nn.Linear(512, 9)", "second")]
    problem = failure(nodes, tensor(4, 10))
    assert problem.where == "second"
    assert problem.hint == "Set in_features=256 or change first."


def test_that_the_first_layers_hint_names_the_inputs() -> None:
    assert failure([layer("nn.Linear(3, 3)")], tensor(4, 10)).hint.endswith("or change the model's inputs.")


def test_that_a_repeated_layer_is_told_that_it_feeds_itself() -> None:
    problem = failure([layer("nn.Linear(10, 20)", "fc", repeat=2)], tensor(4, 10))
    assert problem.where == "fc.1"
    assert "copy before" in problem.hint


def test_that_a_residual_names_both_shapes() -> None:
    problem = failure([container("residual", layer("nn.Linear(10, 20)"))], tensor(4, 10))
    assert "adds its input of 4×10 to what its layers return, 4×20" in problem.what
    assert problem.where == "residual"


def test_that_a_concatenation_is_told_the_dimension_that_fits() -> None:
    branches = [layer("nn.Linear(10, 20)", "a"), layer("nn.Linear(10, 30)", "b")]
    problem = failure([container("parallel", *branches, combine="concatenate", dim=0)], tensor(4, 10))
    assert "joins branches that return 4×20 and 4×30 along dimension 0" in problem.what
    assert problem.hint == "Set dim=1."
    assert "adds branches" in failure([container("parallel", *branches)], tensor(4, 10)).what


def test_that_too_many_inputs_are_told_from_wrong_ones() -> None:
    problem = failure([layer("nn.Linear(10, 20)")], tensor(4, 10), tensor(4, 10))
    assert "can't take 2 inputs" in problem.what
    assert "(input)" in problem.hint


def test_that_a_layer_inside_a_custom_layer_is_found(tmp_path: Path) -> None:
    body = "class Outer(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    body += "        self.fc = nn.Linear(3, 3)\n    def forward(self, x):\n        return self.fc(x)"
    write_layers(tmp_path, body)
    problem = failure([layer("mine.py:Outer()", "outer")], tensor(4, 10), base_directory=tmp_path)
    assert problem.where == "outer.fc"
    assert problem.hint == "Set in_features=10 where outer makes it, or change what outer gives it."


def test_that_an_error_in_forward_shows_the_line(tmp_path: Path) -> None:
    write_layers(
        tmp_path, "class Bad(nn.Module):\n    def forward(self, x):\n        return x + torch.ones(7)"
    )
    problem = failure([layer("mine.py:Bad()")], tensor(4, 10), base_directory=tmp_path)
    assert "must match the size of tensor b (7)" in problem.what
    assert problem.hint.startswith("Its input is 4×10. Look at ")
    assert problem.hint.endswith("mine.py:7: return x + torch.ones(7)")


@pytest.mark.parametrize(
    ("forward", "what", "hint"),
    [
        ("raise SystemExit(3)", "ended the program: it called sys.exit(3)", "Raise an exception"),
        ("raise MemoryError", "ran out of memory", "smaller batch"),
        ("return self.forward(x)", "calls itself without end", "forward"),
        (
            "raise RuntimeError('not on the same device')",
            "same device",
            "register_buffer",
        ),
        ("return self.missing(x)", "no attribute 'missing'", "Look at"),
    ],
)
def test_that_other_failures_say_what_to_do(tmp_path: Path, forward: str, what: str, hint: str) -> None:
    write_layers(tmp_path, f"class Bad(nn.Module):\n    def forward(self, x):\n        {forward}")
    problem = failure([layer("mine.py:Bad()")], tensor(4, 10), base_directory=tmp_path)
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where == "bad"


def test_that_an_exception_whose_message_cannot_be_read_is_reported_all_the_same(tmp_path: Path) -> None:
    body = """
class Odd(RuntimeError):
    def __str__(self): return 1 / 0
class Bad(nn.Module):
    def forward(self, x): raise Odd"""
    write_layers(tmp_path, body)
    problem = failure([layer("mine.py:Bad()")], tensor(4, 10), base_directory=tmp_path)
    assert "Odd" in problem.what
    assert problem.where == "bad"


def test_that_a_layer_that_gets_a_part_of_a_dict_is_told_how_to_get_all(tmp_path: Path) -> None:
    body = """
class Two(nn.Module):
    def forward(self, x): return {"a": x, "b": x}
class Both(nn.Module):
    def forward(self, d): return sum(d.values())"""
    write_layers(tmp_path, body)
    problem = failure(
        [layer("mine.py:Two()"), layer("mine.py:Both()")], tensor(4, 10), base_directory=tmp_path
    )
    assert "only the first of the 2 tensors" in problem.hint
    assert "forward(self, d: dict)" in problem.hint


def test_that_a_layer_without_forward_is_recognised(tmp_path: Path) -> None:
    write_layers(tmp_path, "class Bad(nn.Module): pass")
    problem = failure([layer("mine.py:Bad()")], tensor(4, 10), base_directory=tmp_path)
    assert problem.what == "Layer bad (Bad) has no forward."


def test_that_a_failure_in_a_custom_backward_stands_at_its_line(tmp_path: Path) -> None:
    body = """
class Broken(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x): return x * 2
    @staticmethod
    def backward(ctx, grad): return grad / None
class Bad(nn.Module):
    def forward(self, x): return Broken.apply(x)"""
    write_layers(tmp_path, body)
    model = build_model([layer("nn.Linear(3, 3)"), layer("mine.py:Bad()")], str(tmp_path))
    output = model(torch.ones(2, 3))
    with pytest.raises(TypeError) as caught:
        output.sum().backward()
    problem = explain_model_failure(caught.value, model, "mine")
    assert problem.where.endswith("mine.py:10")
    assert "unsupported operand" in problem.what


def test_that_an_in_place_change_is_recognised_in_backward() -> None:
    x = torch.ones(3, requires_grad=True)
    y = x.exp()
    y.add_(1)
    with pytest.raises(RuntimeError) as caught:
        y.sum().backward()
    problem = explain_failure(caught.value, "variant")
    assert "changed in place" in problem.hint


def test_that_a_change_of_the_models_own_input_in_place_is_told_the_ways_out() -> None:
    with pytest.raises(RuntimeError) as caught:
        nn.ReLU(inplace=True)(torch.ones(3, requires_grad=True))
    problem = explain_failure(caught.value, "variant")
    assert "put another layer before it" in problem.hint


def test_that_problems_keep_their_words() -> None:
    problem = explain_failure(ProblemError("What.", hint="Hint."), "path")
    assert problem == Problem("What.", "path", "Hint.", "")


def test_that_no_layer_is_blamed_for_an_error_outside() -> None:
    assert find_failing_layer(ValueError("outside"), nn.Linear(3, 3)) is None


def test_that_the_layer_before_is_found_through_containers() -> None:
    inner = container("sequential", layer("nn.ReLU()", "a"), layer("nn.ReLU()", "b"))
    sides = container("parallel", layer("nn.ReLU()", "c"), layer("nn.ReLU()", "d"))
    model = build_model([layer("nn.ReLU()", "first"), inner, sides], ".")
    assert previous_path(model, "first") == ""
    assert previous_path(model, "sequential.a") == "first"
    assert previous_path(model, "sequential.b") == "sequential.a"
    assert previous_path(model, "parallel.d") == "sequential"


def test_that_a_missing_compiler_is_named_with_what_to_install() -> None:
    error = RuntimeError(
        "InvalidCxxCompiler: No working C++ compiler found in torch._inductor.config.cpp.cxx"
    )
    problem = explain_failure(error, "")

    assert "no C++ compiler" in problem.what
    assert "g++" in problem.hint
