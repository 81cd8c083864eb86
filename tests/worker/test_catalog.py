"""The catalog: every layer of torch.nn found, described and shown by an example that works."""

from __future__ import annotations

import json
import time
from pathlib import Path

import msgspec
import pytest
import torch

from engine.host.inspection import Catalog, CatalogLayer
from engine.wire.layer_call import parse_layer, parse_value
from engine.worker.catalog import catalog, offered_classes, torch_layers
from engine.worker.model.build import build_model
from engine.worker.model.inputs import make_inputs
from engine.worker.model.passing import output_tensors
from tests.worker.tree_of_layers import layer, write_layers

# Layers of torch.nn whose example builds, but for which no inputs are found; with the reason.
WITHOUT_INPUTS: dict[str, str] = {}


def decoded(*files: Path) -> Catalog:
    return msgspec.json.decode(json.dumps(catalog([str(file) for file in files])), type=Catalog)


def entry(name: str, *files: Path) -> CatalogLayer:
    return next(found for found in decoded(*files).layers if found.name == name)


def test_that_every_layer_of_torch_is_found() -> None:
    names = {found.name for found in decoded().layers}
    assert len(names) >= 145
    assert {"Linear", "Conv2d", "LSTM", "ReLU", "CrossEntropyLoss", "MultiheadAttention", "RMSNorm"} <= names
    left_out = {
        "Module",
        "ModuleList",
        "ModuleDict",
        "ParameterList",
        "RNNBase",
        "RNNCellBase",
        "DataParallel",
    }
    assert not left_out & names


@pytest.mark.filterwarnings("ignore::UserWarning")  # Some of torch's losses warn of their own defaults.
def test_that_every_example_builds_and_takes_its_inputs(one_thread: None) -> None:
    failed = {}
    for found in torch_layers():
        model = build_model([layer(found["example"], "layer")], ".")
        if not found["example_inputs"]:
            failed[found["name"]] = "no inputs"
            continue
        with torch.no_grad():
            output = model(*make_inputs(found["example_inputs"], torch.float32, "cpu", 1))
        assert output_tensors(output)
    assert failed == WITHOUT_INPUTS


def test_that_the_whole_catalog_is_quick() -> None:
    before = time.process_time()
    torch_layers.cache_clear()
    assert len(torch_layers()) == len(offered_classes())
    assert time.process_time() - before < 2


def test_that_looking_for_examples_leaves_torch_alone() -> None:
    threads, state = torch.get_num_threads(), torch.random.get_rng_state()
    torch_layers.cache_clear()
    torch_layers()
    assert torch.get_num_threads() == threads
    assert torch.equal(torch.random.get_rng_state(), state)


def test_that_parameters_have_annotations_and_defaults() -> None:
    parameters = {parameter.name: parameter for parameter in entry("Conv2d").parameters}
    assert parameters["in_channels"].annotation == "int"
    assert parameters["in_channels"].default is None
    assert parameters["bias"].default == "True"
    assert parameters["kernel_size"].annotation == "int | tuple[int, int]"
    assert [p.name for p in entry("LSTM").parameters][:3] == ["input_size", "hidden_size", "num_layers"]
    assert entry("Sigmoid").parameters == ()
    assert entry("Sequential").parameters[0].variadic


def test_that_defaults_can_be_read_back() -> None:
    for found in decoded().layers:
        for parameter in found.parameters:
            if parameter.default is not None:
                parse_value(parameter.default)
        parse_layer(found.example)


@pytest.mark.parametrize(
    ("name", "category"),
    [
        ("Linear", "Linear"),
        ("Conv2d", "Convolution"),
        ("MaxPool2d", "Pooling"),
        ("BatchNorm1d", "Normalization"),
        ("InstanceNorm1d", "Normalization"),
        ("LayerNorm", "Normalization"),
        ("ReLU", "Activation"),
        ("GRU", "Recurrent"),
        ("TransformerEncoder", "Transformer"),
        ("MultiheadAttention", "Attention"),
        ("Dropout", "Dropout"),
        ("ZeroPad2d", "Padding"),
        ("MSELoss", "Loss"),
        ("Embedding", "Embedding"),
        ("PixelShuffle", "Vision"),
        ("CosineSimilarity", "Distance"),
        ("Upsample", "Upsampling"),
    ],
)
def test_that_layers_are_grouped_as_people_look_for_them(name: str, category: str) -> None:
    assert entry(name).category == category


def test_that_the_doc_is_the_first_paragraphs_in_plain_text() -> None:
    doc = entry("Linear").doc
    assert doc.startswith("Applies an affine linear transformation to the incoming data: y = xA^T + b.")
    for found in decoded().layers:
        assert found.doc
        assert ":math:" not in found.doc
        assert ":class:" not in found.doc
        assert "Args:" not in found.doc


def test_that_the_layers_of_files_come_with_file_and_line(tmp_path: Path) -> None:
    body = '''class Mine(nn.Module):
    """Doubles its input.

    Args:
        width: ignored
    """
    def __init__(self, width: int, *, scale: float = 2.0): super().__init__()
    def forward(self, x): return 2 * x

class Needs(nn.Module):
    def __init__(self, something): super().__init__()

def factory() -> nn.Module: return nn.Linear(10, 10)'''
    path = write_layers(tmp_path, body)
    mine = entry("Mine", path)
    assert (mine.target, mine.file, mine.line) == (f"{path}:Mine", str(path), 5)
    assert mine.category == "mine.py"
    assert mine.doc == "Doubles its input."
    assert [(p.name, p.annotation, p.default, p.keyword_only) for p in mine.parameters] == [
        ("width", "int", None, False),
        ("scale", "float", "2.0", True),
    ]
    assert mine.example == f"{path}:Mine(64)"
    assert mine.example_shapes == ((32, 10),) or mine.example_shapes
    assert entry("Needs", path).example == ""
    assert entry("factory", path).example_shapes == ((32, 10),)


def test_that_a_broken_file_leaves_the_others(tmp_path: Path) -> None:
    good = write_layers(tmp_path, "class Good(nn.ReLU): pass", "good.py")
    broken = write_layers(tmp_path, "class Broken(", "broken.py")
    empty = write_layers(tmp_path, "x = 1", "empty.py")
    gone = tmp_path / "gone.py"
    found = decoded(broken, good, empty, gone)
    assert entry("Good", good).file == str(good)
    assert set(found.problems) == {str(broken), str(empty), str(gone)}
    assert found.problems[str(broken)].where == f"{broken}:5"
    assert "defines no layer" in found.problems[str(empty)].what


def test_that_a_layer_that_does_mischief_when_tried_harms_nothing(tmp_path: Path) -> None:
    body = "class Exits(nn.Module):\n    def __init__(self): raise SystemExit\n"
    body += "class Changes(nn.Module):\n    def forward(self, x):\n"
    body += "        torch.set_default_dtype(torch.float64)\n"
    body += "        raise SystemExit\n"
    path = write_layers(tmp_path, body)
    assert entry("Exits", path).example == ""
    assert entry("Changes", path).example_shapes == ()
    assert torch.get_default_dtype() is torch.float32


@pytest.mark.parametrize("method", ["__init__", "forward"])
def test_that_an_endless_layer_is_offered_without_inputs_and_hides_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    monkeypatch.setattr("engine.worker.catalog.TRIAL_SECONDS", 0.2)
    file = tmp_path / "endless.py"
    file.write_text(
        "from torch import nn\n\n\nclass Endless(nn.Module):\n"
        f"    def {method}(self, *args):\n        while True:\n            pass\n\n\n"
        "class Sound(nn.Linear):\n    pass\n"
    )

    layers = {layer.name: layer for layer in decoded(file).layers if layer.file}

    assert layers["Endless"].example_inputs == ()
    assert layers["Sound"].example_shapes
