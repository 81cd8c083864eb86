"""Model trees become modules under the nodes' names; every mistake becomes a problem at its node."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from engine.wire.problem import Problem, ProblemError
from engine.worker.model.build import build_layer, build_model
from tests.worker.tree_of_layers import container, layer, write_layers


def names(model: nn.Module) -> list[str]:
    return [name for name, _ in model.named_modules()]


def problem_of(text: str, base_directory: Path = Path()) -> Problem:
    nodes = [container("residual", layer(text, "mine"), name="block", repeat=2)]
    with pytest.raises(ProblemError) as caught:
        build_model(nodes, str(base_directory))
    return caught.value.problem


def test_that_submodules_bear_the_names_of_the_nodes() -> None:
    nodes = [
        layer("nn.Linear(10, 8)", "first"),
        container("residual", layer("nn.MultiheadAttention(8, 2)", "attn"), name="block", repeat=2),
        container("parallel", layer("nn.Identity()", "left"), layer("nn.ReLU()", "float"), name="sides"),
    ]
    model = build_model(nodes, ".")
    expected = ["", "first", "block", "block.0", "block.0.attn", "block.1.attn", "sides.left", "sides.float"]
    assert set(expected) <= set(names(model))
    assert model(torch.ones(4, 10)).shape == (4, 8)


def test_that_repeated_nodes_are_independent_copies() -> None:
    model = build_model([layer("nn.Linear(3, 3)", "fc", repeat=3)], ".")
    weights = [parameter for name, parameter in model.named_parameters() if name.endswith("weight")]
    assert len(weights) == 3
    assert not torch.equal(weights[0], weights[1])


def test_that_disabled_nodes_are_skipped() -> None:
    model = build_model([layer("nn.Linear(3, 4)", enabled=False), layer("nn.ReLU()")], ".")
    assert names(model) == ["", "relu"]


def test_that_a_model_without_enabled_layers_is_a_problem() -> None:
    with pytest.raises(ProblemError, match="no layers"):
        build_model([layer("nn.ReLU()", enabled=False)], ".")


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("nn.Linear(10, 10)", nn.Linear),
        ("torch.nn.Linear(10, out_features=10, dtype=torch.float64)", nn.Linear),
        ("nn.modules.linear.Linear(3, 3)", nn.Linear),
        ("nn.utils.parametrizations.weight_norm(nn.Linear(3, 3))", nn.Linear),
        ("torch.nn:Linear(3, 3)", nn.Linear),
        ("nn.Sequential(nn.Linear(3, 3), nn.ReLU())", nn.Sequential),
        ("nn.ModuleList([nn.Linear(3, 3)])", nn.ModuleList),
    ],
)
def test_that_every_kind_of_target_builds(text: str, kind: type[nn.Module]) -> None:
    assert isinstance(build_layer(text, "."), kind)


def test_that_arguments_may_be_layers_and_names_of_torch() -> None:
    options = "batch_first=True, activation=torch.nn.functional.gelu, dtype=torch.float64"
    text = f"nn.TransformerEncoderLayer(8, 2, {options})"
    built = build_layer(text, ".")
    assert isinstance(built, nn.TransformerEncoderLayer)
    assert built.activation is torch.nn.functional.gelu
    assert built.linear1.weight.dtype is torch.float64
    assert len(build_layer(f"nn.TransformerEncoder({text}, 3)", ".").layers) == 3


def test_that_layers_come_from_files_beside_the_project(tmp_path: Path) -> None:
    write_layers(
        tmp_path,
        "class Mine(nn.Linear): pass\n"
        "def factory(width): return nn.Linear(width, width)\n"
        "class Other:\n    @staticmethod\n    def make(): return nn.ReLU()",
    )
    assert type(build_layer("mine.py:Mine(3, 4)", str(tmp_path))).__name__ == "Mine"
    assert isinstance(build_layer("mine.py:factory(width=5)", str(tmp_path)), nn.Linear)
    assert isinstance(build_layer("mine.py:Other.make()", str(tmp_path)), nn.ReLU)
    assert type(build_layer(f"{tmp_path / 'mine.py'}:Mine(3, 4)", ".")).__name__ == "Mine"


def test_that_a_problem_stands_at_the_qualified_path() -> None:
    assert problem_of("nn.Linaer(3, 3)").where == "block.0.mine"


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("nn.Linaer(3, 3)", "There is no layer nn.Linaer.", "Did you mean nn.Linear"),
        ("Linear(3, 3)", "There is no layer Linear.", "nn.Linear"),
        ("torchvision.models.resnet18()", "There is no layer", "torchvision.models:resnet18(...)"),
        ("nn.Linear(3)", "nn.Linear needs out_features.", "bias=True"),
        ("nn.Linear(3, 3, bais=False)", "nn.Linear has no parameter 'bais'.", "Did you mean bias?"),
        ("nn.Linear(3, 3, in_features=3)", "gets in_features twice", "in_features"),
        ("nn.ReLU(True, 3)", "takes at most 1 argument in order, but gets 2", "inplace=False"),
        ("nn.Sigmoid(3)", "takes at most 0 arguments in order", "no parameters"),
        ("nn.LSTM(10, hiden_size=3)", "nn.LSTM has no parameter 'hiden_size'.", "hidden_size"),
        ("nn.Linear('ten', 3)", "in_features of nn.Linear must be int, but 'ten' is given.", "int"),
        (
            "nn.Linear(3, 3, bias='no')",
            "bias of nn.Linear must be bool, but 'no' is given.",
            "default is True",
        ),
        ("nn.Linear(-1, 3)", "nn.Linear(-1, 3) can't be built: RuntimeError", "arguments"),
        ("nn.Linear(3, 3, dtype=torch.float17)", "There is no torch.float17.", "torch.float16"),
        ("nn.functional.relu(1)", "nn.functional.relu", ""),
        ("nn.Parameter()", "is a Parameter class, not a layer", ""),
        ("json:dumps(3)", "json:dumps returns a str, not an nn.Module.", "nn.Module"),
        ("no_such_package:model()", "package no_such_package is not installed", "Install"),
        ("torch.nn:Linaer(3, 3)", "torch.nn has no Linaer.", "Linear"),
        ("json.nothing:model()", "There is no module json.nothing.", "Correct"),
        ("missing.py:Mine()", "There is no file missing.py.", "path"),
        ("nn.Linear(3, 3", "is not a layer", "nn.Linear(10, 10)"),
        ("nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 3), 2)", "must be divisible", ""),
    ],
)
def test_that_a_wrong_layer_is_told_in_plain_words(text: str, what: str, hint: str) -> None:
    problem = problem_of(text)
    assert what in problem.what
    assert hint in problem.hint
    assert problem.where == "block.0.mine"


def test_that_names_never_leave_torch() -> None:
    for text in ("nn.Linear(3, 3, device=torch.os.environ)", "nn.Linear(3, 3, device=torch.__dict__)"):
        assert "There is no torch." in problem_of(text).what
    assert "There is no layer" in problem_of("nn.modules.module.functools.partial(3)").what


def test_that_an_error_in_init_carries_the_traceback(tmp_path: Path) -> None:
    body = "class Bad(nn.Module):\n    def __init__(self):\n        super().__init__()\n        1 / 0"
    write_layers(tmp_path, body)
    problem = problem_of("mine.py:Bad()", tmp_path)
    assert problem.what == "mine.py:Bad() can't be built: ZeroDivisionError: division by zero"
    assert "1 / 0" in problem.traceback
    assert "mine.py:8: 1 / 0" in problem.hint
    assert "build.py" not in problem.traceback


def test_that_a_forgotten_super_init_is_recognised(tmp_path: Path) -> None:
    write_layers(tmp_path, "class Bad(nn.Module):\n    def __init__(self): self.fc = nn.Linear(3, 3)")
    assert problem_of("mine.py:Bad()", tmp_path).hint.startswith("Call super().__init__() first")


def test_that_sys_exit_in_init_is_a_problem(tmp_path: Path) -> None:
    write_layers(tmp_path, "class Bad(nn.Module):\n    def __init__(self): raise SystemExit(7)")
    assert "sys.exit(7)" in problem_of("mine.py:Bad()", tmp_path).what


def test_that_a_missing_layer_lists_those_of_the_file(tmp_path: Path) -> None:
    write_layers(tmp_path, "class First(nn.Module): pass\nclass Second(nn.Module): pass")
    problem = problem_of("mine.py:Frist()", tmp_path)
    assert problem.what == "mine.py has no layer Frist."
    assert problem.hint == "Did you mean First? It has First, Second."


def test_that_a_syntax_error_stands_at_its_line(tmp_path: Path) -> None:
    write_layers(tmp_path, "class Broken(nn.Module)\n    pass")
    assert problem_of("mine.py:Broken()", tmp_path).where == "mine.py:5"


def test_that_a_layer_cannot_change_torch_while_it_is_built(tmp_path: Path) -> None:
    body = "class Greedy(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    body += "        torch.set_default_dtype(torch.float64)\n        torch.set_num_threads(1)\n"
    body += "        torch.set_default_device('meta')"
    write_layers(tmp_path, body)
    threads = torch.get_num_threads()
    build_layer("mine.py:Greedy()", str(tmp_path))
    assert torch.get_default_dtype() is torch.float32
    assert torch.get_num_threads() == threads
    assert torch.empty(1).device.type == "cpu"


def test_that_two_siblings_of_one_name_are_a_problem() -> None:
    with pytest.raises(ProblemError, match="Two layers are named relu"):
        build_model([layer("nn.ReLU()"), layer("nn.ReLU()")], ".")
