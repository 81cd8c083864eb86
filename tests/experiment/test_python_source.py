"""The generated source against the model that a worker builds of the same tree."""

from __future__ import annotations

import inspect
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from torch import nn

from engine.experiment.experiment import Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import Tree, walk
from engine.experiment.naming import with_names
from engine.experiment.project_file import load_experiment
from engine.experiment.python_source import model_source
from engine.experiment.shipped import example_projects
from engine.experiment.source_parts import parts_of
from engine.worker.model.build import build_model
from tests.experiment.trees import layer, models, parallel, residual, sequential, variant

LINEAR = layer("nn.Linear(8, 8)")
ATTENTION = layer("nn.MultiheadAttention(8, 2)")
LSTM = layer("nn.LSTM(8, 8)")


def classes_in(source: str) -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "pasted"}
    exec(compile(source, "pasted.py", "exec"), namespace)
    return namespace


def model_from(source: str) -> nn.Module:
    """Build the last class of the source, which is the model."""
    classes = [
        value
        for value in classes_in(source).values()
        if isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == "pasted"
    ]
    model: nn.Module = classes[-1]()
    return model


def built(described: Variant, directory: Path = Path()) -> nn.Module:
    return build_model([asdict(node) for node in with_names(described).model], str(directory))


def layer_types(model: nn.Module) -> dict[str, str]:
    """Return the type of each module, by its name, that isn't a container of either side."""
    containers = {"Sequential", "Residual", "Parallel", "Repeat", "Model"}
    return {
        name: type(module).__name__
        for name, module in model.named_modules()
        if name and type(module).__module__ != "pasted" and type(module).__name__ not in containers
    }


def shapes(output: Any) -> Any:
    if isinstance(output, torch.Tensor):
        return tuple(output.shape)
    return [shapes(item) for item in output]


@pytest.mark.parametrize(
    "tree",
    [
        (),
        (LINEAR,),
        (LINEAR, layer(), LINEAR),
        (layer("nn.Linear(8, 8)", repeat=3), layer()),
        (sequential(LINEAR, layer()), sequential()),
        (sequential(LINEAR, sequential(layer(), LINEAR, repeat=2), repeat=2),),
        (residual(LINEAR, layer()), residual()),
        (residual(LINEAR, residual(LINEAR, repeat=2), repeat=3),),
        (parallel(LINEAR, layer("nn.Linear(8, 4)"), combine="concatenate", dim=2), layer("nn.Linear(12, 8)")),
        (parallel(LINEAR, layer(), residual(LINEAR)), parallel()),
        (sequential(parallel(LINEAR, sequential(LINEAR, layer()), combine="concatenate", dim=-1), repeat=1),),
        (LSTM, LINEAR),
        (LINEAR, LSTM),
        (residual(LSTM, LINEAR), residual(LINEAR, LSTM)),
        (sequential(LINEAR, LSTM), LINEAR),
        (sequential(LSTM, LSTM, repeat=2), LINEAR),
        (replace(LSTM, repeat=3),),
        (replace(LSTM, repeat=2), LINEAR),
        (LINEAR, replace(ATTENTION, repeat=3)),
        (residual(ATTENTION), parallel(ATTENTION, LINEAR), ATTENTION),
        (layer("nn.Bilinear(8, 8, 8)"), layer("nn.Bilinear(8, 8, 8)", repeat=2)),
        (layer("nn.MSELoss()"),),
        (layer("nn.MaxPool1d(2, return_indices=True)"), layer("nn.MaxUnpool1d(2)")),
        (layer("nn.TransformerEncoder(nn.TransformerEncoderLayer(8, 2, batch_first=True), 2)"), LINEAR),
        (replace(LINEAR, enabled=False), layer(), sequential(LINEAR, enabled=False)),
        (layer("nn.Linear(8, 8, dtype=torch.float32)"), layer("torch.nn.Flatten(1, -1)")),
        (layer(name="x"), layer(name="self"), layer(name="torch"), layer(name="forward")),
    ],
)
def test_that_pasted_source_is_the_measured_model(tree: Tree) -> None:
    described = variant(*tree)
    expected = built(described) if any(node.enabled for node in tree) else nn.Identity()
    pasted = model_from(model_source(described))
    assert layer_types(pasted) == layer_types(expected)
    # Equal names and shapes: the parameters of one fit the other, and then the numbers are equal.
    pasted.load_state_dict(expected.state_dict())
    given_input = torch.randn(4, 6, 8)
    first, second = pasted.eval()(given_input), expected.eval()(given_input)
    assert shapes(first) == shapes(second)
    if isinstance(first, torch.Tensor):
        torch.testing.assert_close(first, second)


@settings(max_examples=30, deadline=None)
@given(models)
def test_that_the_source_of_any_tree_builds_its_layers(model: Tree) -> None:
    plain = without_custom_layers(model)
    described = variant(*plain)
    pasted = model_from(model_source(described))
    if any(node.enabled for node in plain):
        expected = built(described)
        assert layer_types(pasted) == layer_types(expected)
        assert pasted.state_dict().keys() == expected.state_dict().keys()


def without_custom_layers(model: Tree) -> Tree:
    return tuple(
        replace(
            node,
            layer="nn.Identity()" if ".py:" in node.layer else node.layer,
            children=without_custom_layers(node.children),
        )
        for node in model
    )


def test_that_several_inputs_reach_the_first_layer() -> None:
    described = variant(sequential(layer("nn.Bilinear(8, 4, 2)"), layer()), layer("nn.Linear(2, 3)"))
    pasted = model_from(model_source(described, input_count=2))
    assert pasted(torch.randn(5, 8), torch.randn(5, 4)).shape == (5, 3)


def test_that_a_residual_is_written_out() -> None:
    source = model_source(variant(residual(LINEAR, layer()), name="built-in"))
    assert "class BuiltIn(nn.Module):" in source
    assert "y = self.linear(x)\n        return x + self.relu(y)" in source


@pytest.mark.parametrize("project", example_projects(), ids=lambda path: path.stem)
def test_that_the_source_of_every_example_runs(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shipped = load_experiment(project)
    layer_directory = str(project.parent.parent / "layers")
    monkeypatch.setattr(sys, "path", [layer_directory, *sys.path])
    monkeypatch.setattr(sys, "modules", dict(sys.modules))
    for described in shipped.variants:
        pasted = model_from(model_source(described))
        assert pasted.state_dict().keys() == built(described, project.parent).state_dict().keys()


def test_that_custom_layers_are_imported_with_a_word_on_where_from() -> None:
    source = model_source(
        variant(
            layer("deep/layers.py:Block(2)"),
            layer("other.py:Block()"),
            layer("my-layers.py:Thing()"),
            layer("torchvision.models:resnet18(weights=None)"),
            name="Block",
        )
    )
    assert "from layers import Block as Block2  # deep/layers.py\n" in source
    assert "from other import Block as Block3  # other.py\n" in source
    assert "Thing = importlib.import_module('my-layers').Thing  # my-layers.py\n" in source
    assert "from torchvision.models import resnet18\n" in source
    assert "self.block = Block2(2)" in source


def test_that_a_hostile_path_stays_a_comment() -> None:
    source = model_source(variant(layer("a\nimport os\n.py:Block()")))
    compile(source, "pasted.py", "exec")
    assert "\nimport os" not in source


@pytest.mark.parametrize("name", ["变体 1", "1st try", "True", "nn", "", "a\nb", "custom layer (fast)"])
def test_that_any_variant_name_makes_a_class_name(name: str) -> None:
    described = replace(variant(LINEAR), name=name)
    assert model_from(model_source(described))(torch.randn(2, 8)).shape == (2, 8)


def test_that_a_custom_layer_known_to_return_several_passes_on_the_first() -> None:
    described = variant(layer("a.py:Pair()"), LINEAR)
    assert "x = self.pair(x)[0]" in model_source(described, returning_several={(0,)})
    assert "x = self.pair(x)\n" in model_source(described)


def torch_layers() -> list[tuple[str, type[nn.Module]]]:
    return [
        (name, value)
        for name, value in vars(nn).items()
        if isinstance(value, type) and issubclass(value, nn.Module) and not name.endswith("Base")
    ]


def test_that_the_tensors_each_torch_layer_requires_are_known() -> None:
    """The writer can't import torch, so what it knows of torch's layers is held to torch here."""
    for name, cls in torch_layers():
        positional = list(inspect.signature(cls.forward).parameters.values())[1:]
        required = [p for p in positional if p.default is p.empty and p.kind in (p.POSITIONAL_OR_KEYWORD,)]
        (part,) = parts_of((ModelNode(layer=f"nn.{name}()", name="a"),), ())
        assert part.required == max(1, len(required)), name


def test_that_disabled_nodes_are_left_out() -> None:
    described = variant(LINEAR, layer("nn.Tanh()", enabled=False))
    assert "Tanh" not in model_source(described)
    assert len(list(walk(described.model))) == 2
