"""Shapes are known before any run; what is wrong is red at its layer, and nothing else is."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch

from engine.host.inspection import NodeShape, ShapeReport
from engine.worker.catalog import torch_layers
from engine.worker.model.build import build_model
from engine.worker.model.inputs import make_inputs
from engine.worker.model.output_text import output_text
from engine.worker.shapes import infer_shapes
from tests.worker.tree_of_layers import PLAN, container, layer, tensor, variant, write_layers


def report_of(described: dict[str, Any], *specs: Any, base: Path = Path(), **plan: Any) -> ShapeReport:
    report = infer_shapes(described, list(specs), {**PLAN, **plan}, str(base))
    return msgspec.json.decode(json.dumps(report), type=ShapeReport)


def nodes_of(*nodes: Any, specs: Any = None, base: Path = Path(), **plan: Any) -> list[NodeShape]:
    report = report_of(variant(*nodes), *(specs or [tensor(4, 10)]), base=base, **plan)
    assert report.problem is None
    return list(report.nodes)


def outputs(nodes: list[NodeShape]) -> list[str]:
    return [node.output for node in nodes]


def test_that_every_node_has_its_shape_and_parameter_count() -> None:
    block = container("residual", layer("nn.Linear(20, 20)", "fc"), name="block", repeat=3)
    nodes = nodes_of(layer("nn.Linear(10, 20)", "first"), block, layer("nn.LSTM(20, 5)"))
    assert [node.position for node in nodes] == [(0,), (1,), (1, 0), (2,)]
    assert [node.path for node in nodes] == ["first", "block", "block.0.fc", "lstm"]
    assert outputs(nodes) == ["4×20 float32", "4×20 float32", "4×20 float32", "(4×5, (1×5, 1×5))"]
    assert [node.parameter_count for node in nodes[:3]] == [220, 3 * 420, 420]


def test_that_positions_count_disabled_nodes() -> None:
    off = container("sequential", layer("nn.Linear(3, 3)", "inner"), enabled=False)
    nodes = nodes_of(off, layer("nn.ReLU()"))
    assert [(node.position, node.output) for node in nodes] == [
        ((0,), ""),
        ((0, 0), ""),
        ((1,), "4×10 float32"),
    ]
    assert nodes[0].note == nodes[1].note == "Disabled."


def test_that_the_error_stands_at_the_wrong_layer_and_nowhere_else() -> None:
    nodes = nodes_of(
        layer("nn.Linear(10, 256)", "first"),
        layer("nn.Linear(512, 9)", "second"),
        layer("nn.Linear(1, 1)", "third"),
    )
    assert outputs(nodes) == ["4×256 float32", "", ""]
    assert [node.problem is None for node in nodes] == [True, False, True]
    problem = nodes[1].problem
    assert problem is not None
    assert "Layer second (Linear) expects 512 input features but gets 256" in problem.what
    assert problem.hint == "Set in_features=256 or change first."


def test_that_several_layers_that_cannot_be_built_are_all_shown() -> None:
    nodes = nodes_of(
        layer("nn.ReLU()"), layer("nn.Linaer(3, 3)", "a"), layer("nn.Linear(3)", "b"), layer("nn.Tanh()")
    )
    assert outputs(nodes) == ["4×10 float32", "", "", ""]
    assert [node.problem is not None for node in nodes] == [False, True, True, False]


def test_that_an_error_deep_in_a_repeated_container_stands_at_its_node() -> None:
    block = container("residual", layer("nn.Linear(10, 10)", "a"), layer("nn.Linear(7, 10)", "b"), repeat=2)
    nodes = nodes_of(block)
    assert [node.problem is not None for node in nodes] == [False, False, True]
    assert nodes[2].problem is not None
    assert nodes[2].problem.where == "residual.0.b"


def test_that_a_large_model_costs_no_memory_and_no_time() -> None:
    layers = [layer("nn.Linear(50000, 50000)", f"fc{i}") for i in range(20)]
    nodes_of(layer("nn.ReLU()"))
    before = time.perf_counter()
    nodes = nodes_of(*layers, specs=(tensor(4096, 50000),))
    assert time.perf_counter() - before < 5
    assert nodes[-1].output == "4096×50000 float32"
    assert sum(node.parameter_count or 0 for node in nodes) == 20 * 50000 * 50001


def test_that_dtype_and_mode_come_from_plan_and_overrides() -> None:
    assert nodes_of(layer("nn.Linear(10, 3)"), dtype="bfloat16")[0].output == "4×3 bfloat16"
    report = report_of(variant(layer("nn.Linear(10, 3)"), dtype="float64"), tensor(4, 10))
    assert report.nodes[0].output == "4×3 float64"
    alone = layer("nn.BatchNorm1d(10)")
    assert nodes_of(alone, specs=(tensor(1, 10),), mode="eval")[0].output == "1×10 float32"
    assert nodes_of(alone, specs=(tensor(1, 10),), mode="train")[0].problem is not None


def test_that_wrong_dtypes_are_found_where_the_meta_device_takes_them() -> None:
    for spec in (tensor(4, 10, dtype="float64"), tensor(4, 10, distribution="integers", below=3)):
        problem = nodes_of(layer("nn.Linear(10, 3)"), specs=(spec,))[0].problem
        assert problem is not None
        assert "float32" in problem.what


def test_that_indices_beyond_an_embedding_are_found_without_values() -> None:
    spec = tensor(4, distribution="integers", below=20)
    problem = nodes_of(layer("nn.Embedding(10, 4)"), specs=(spec,))[0].problem
    assert problem is not None
    assert "indices 0 to 9 but its input goes up to 19" in problem.what
    assert nodes_of(layer("nn.Embedding(20, 4)"), specs=(spec,))[0].output == "4×4 float32"


def test_that_notes_say_what_is_special() -> None:
    attention = layer("nn.MultiheadAttention(10, 2)", "attn")
    nodes = nodes_of(attention, layer("nn.Linear(10, 2)"), container("residual"))
    assert nodes[0].note.startswith("Attends to its own input")
    assert nodes[1].note == "Gets only the first of the 2 tensors that the layer before it returns."
    assert nodes[2].note == "Empty: it passes its input on."
    broadcast = nodes_of(container("residual", layer("nn.Linear(10, 1)")))
    assert broadcast[0].note == ""
    wider = nodes_of(container("residual", layer("nn.Linear(1, 10)")), specs=(tensor(4, 1),))
    assert "broadcast" in wider[0].note


@pytest.mark.filterwarnings("ignore::UserWarning")  # Some of torch's losses warn of their own defaults.
def test_that_every_layer_of_torch_has_the_shape_that_a_run_gives_it(one_thread: None) -> None:
    for entry in torch_layers():
        node, specs = layer(entry["example"], "mine"), entry["example_inputs"]
        with torch.no_grad():
            output = build_model([node], ".")(*make_inputs(specs, torch.float32, "cpu", 0))
        (found,) = nodes_of(node, specs=specs)
        assert (entry["name"], found.output) == (entry["name"], output_text(output))
        assert found.problem is None


CUSTOM = {
    "values": "return x * float(x.sum().item())",
    "cpu": "return x + torch.zeros(10, device='cpu')",
    "constants": "return x + torch.tensor(CONSTANT)",
    "indices": "return x[torch.nonzero(x[:, 0] > -1e9).squeeze(1)]",
    "branch": "return x if bool((x > 0).any()) else x",
    "state": "torch.set_default_dtype(torch.float64); torch.set_grad_enabled(False); return x",
    "loud": "print('x' * 100000); return x",
    "gradient": "y = x.detach().requires_grad_(); return torch.autograd.grad(y.sum(), y)[0]",
}


@pytest.mark.parametrize("forward", CUSTOM.values(), ids=CUSTOM)
def test_that_a_custom_layer_that_runs_is_not_accused(tmp_path: Path, forward: str) -> None:
    body = f"CONSTANT = [0.0] * 10\nclass Mine(nn.Module):\n    def forward(self, x):\n        {forward}"
    write_layers(tmp_path, body)
    nodes = nodes_of(layer("mine.py:Mine()"), layer("nn.Linear(10, 2)"), base=tmp_path, phase="backward")
    assert outputs(nodes) == ["4×10 float32", "4×2 float32"]
    assert all(node.problem is None for node in nodes)
    assert torch.get_default_dtype() is torch.float32
    assert torch.is_grad_enabled()


@pytest.mark.parametrize(
    "init",
    [
        "self.rates = [r.item() for r in torch.linspace(0, 1, 3)]; self.w = nn.Parameter(torch.ones(10))",
        "self.w = nn.Parameter(torch.Tensor(10).zero_())",
        "self.w = torch.ones(10)",
        "self.register_buffer('w', torch.arange(10.0))",
    ],
)
def test_that_a_custom_init_that_works_is_not_accused(tmp_path: Path, init: str) -> None:
    body = f"class Mine(nn.Module):\n    def __init__(self):\n        super().__init__()\n        {init}\n"
    write_layers(tmp_path, body + "    def forward(self, x):\n        return x * self.w")
    nodes = nodes_of(layer("mine.py:Mine()"), base=tmp_path)
    assert nodes[0].problem is None
    assert nodes[0].output == "4×10 float32"


def test_that_a_layer_for_an_absent_gpu_is_unknown_not_wrong(tmp_path: Path) -> None:
    if torch.cuda.is_available():
        pytest.skip("there is a GPU here")
    body = "class Mine(nn.Module):\n    def forward(self, x): return x + torch.ones(10, device='cuda')\n"
    body += "class Built(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
    body += "        self.w = nn.Parameter(torch.ones(10, device='cuda'))\n"
    body += "    def forward(self, x): return x * self.w"
    write_layers(tmp_path, body)
    for name in ("Mine", "Built"):
        nodes = nodes_of(layer("nn.ReLU()"), layer(f"mine.py:{name}()"), layer("nn.Tanh()"), base=tmp_path)
        assert outputs(nodes) == ["4×10 float32", "", ""]
        assert all(node.problem is None for node in nodes)
        assert nodes[1].note.startswith("Its shape can't be told before a run")


@pytest.mark.parametrize(
    ("forward", "what"),
    [
        ("return x + torch.ones(7)", "must match"),
        ("raise SystemExit(3)", "ended the program"),
        ("raise KeyError('x')", "KeyError"),
        ("return self.forward(x)", "without end"),
    ],
)
def test_that_a_custom_layer_that_is_wrong_is_accused(tmp_path: Path, forward: str, what: str) -> None:
    write_layers(tmp_path, f"class Mine(nn.Module):\n    def forward(self, x):\n        {forward}")
    nodes = nodes_of(layer("mine.py:Mine()"), layer("nn.Linear(10, 2)"), base=tmp_path)
    assert nodes[0].problem is not None
    assert what in nodes[0].problem.what
    assert nodes[1].problem is None


def test_that_a_broken_file_is_a_problem_at_the_nodes_that_use_it(tmp_path: Path) -> None:
    write_layers(tmp_path, "class Mine(nn.Module)\n    pass")
    nodes = nodes_of(layer("nn.ReLU()"), layer("mine.py:Mine()"), base=tmp_path)
    assert nodes[0].output == "4×10 float32"
    assert nodes[1].problem is not None
    assert nodes[1].problem.where == "mine.py:5"


def test_that_a_changed_file_is_seen(tmp_path: Path) -> None:
    for width in (3, 55):
        write_layers(
            tmp_path, f"class Mine(nn.Linear):\n    def __init__(self): super().__init__(10, {width})"
        )
        assert nodes_of(layer("mine.py:Mine()"), base=tmp_path)[0].output == f"4×{width} float32"


@pytest.mark.parametrize(
    ("described", "specs", "plan", "what"),
    [
        (variant(), [tensor(3)], {}, "no layers"),
        (variant(layer("nn.ReLU()")), [tensor(3)], {"dtype": "float17"}, "There is no dtype 'float17'."),
        (variant(layer("nn.ReLU()")), [tensor(3, dtype="int64")], {}, "can't be normal"),
    ],
)
def test_that_what_concerns_the_whole_model_stands_there(
    described: Any, specs: Any, plan: Any, what: str
) -> None:
    report = report_of(described, *specs, **plan)
    assert report.problem is not None
    assert what in report.problem.what


def test_that_a_model_without_tensor_output_is_a_problem_of_the_model(tmp_path: Path) -> None:
    write_layers(tmp_path, "class Mine(nn.Module):\n    def forward(self, x): return 'text'")
    report = report_of(variant(layer("mine.py:Mine()")), tensor(3), base=tmp_path)
    assert report.problem is not None
    assert report.problem.what == "The model's output is a str, not a tensor."
    assert report.nodes[0].output == "str"


def test_that_random_numbers_are_not_used_up() -> None:
    before = torch.random.get_rng_state()
    nodes_of(layer("nn.Linear(10, 3)"), layer("nn.Dropout()"))
    assert torch.equal(torch.random.get_rng_state(), before)


def test_that_autocast_may_bring_dtypes_together() -> None:
    half = tensor(4, 10, dtype="bfloat16")
    nodes = nodes_of(layer("nn.Linear(10, 3)"), specs=(half,), autocast="bfloat16")
    assert nodes[0].problem is None
    assert nodes[0].output.startswith("4×3")
    assert nodes_of(layer("nn.Linear(10, 3)"), specs=(half,))[0].problem is not None


def test_that_a_name_that_speaks_of_a_gpu_excuses_nothing(tmp_path: Path) -> None:
    body = "class CudaThing(nn.Module):\n    def __init__(self):\n        super().__init__()\n        1 / 0"
    write_layers(tmp_path, body, "cuda_layers.py")
    assert nodes_of(layer("cuda_layers.py:CudaThing()"), base=tmp_path)[0].problem is not None
