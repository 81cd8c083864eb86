"""What is sound is not accused, what can't be told says why, and nothing is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.wire.problem import ProblemError
from engine.worker.catalog import file_layers
from engine.worker.checks.calling import first_line
from engine.worker.model.torch_state import capture_torch_state
from tests.resources.layer_files import LAYER_FILES
from tests.worker.checks.specimens import CHECKS, FAULTY, examined, layers_of, specimen_of
from tests.worker.tree_of_layers import tensor, write_layers

SHIPPED = [entry for file in LAYER_FILES for entry in file_layers(str(file))]


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry["name"])
def test_that_of_the_shipped_layers_only_the_uninitialised_one_has_a_fault(
    entry: dict, one_thread: None
) -> None:
    found = examined(specimen_of(entry["example"], entry["example_inputs"], Path()))
    failed = {name for name, findings in found.items() if findings and not isinstance(findings, str)}
    assert failed == ({"uninitialised"} if entry["name"] in ("CustomLayer", "MyModel") else set())


# One of each kind that a check might take for a fault; every layer of torch.nn is tried elsewhere.
DELICATE = {
    "nn.LSTM(10, 20)": (16, 8, 10),
    "nn.LSTM(10, 20, 2, dropout=0.5, batch_first=True)": (8, 16, 10),
    "nn.MultiheadAttention(64, 4)": (16, 8, 64),
    "nn.TransformerEncoderLayer(64, 4, 128, 0.1)": (16, 8, 64),
    "nn.BatchNorm2d(3)": (8, 3, 8, 8),
    "nn.BatchNorm1d(10, track_running_stats=False)": (8, 10),
    "nn.InstanceNorm2d(3)": (8, 3, 8, 8),
    "nn.Dropout(0.5)": (8, 10),
    "nn.ReLU(inplace=True)": (8, 10),
    "nn.RReLU()": (8, 10),
    "nn.Softmax(0)": (10,),
    "nn.Hardshrink()": (8, 10),
    "nn.MaxPool2d(2)": (8, 3, 8, 8),
    "nn.L1Loss()": (8, 10),
    "nn.LazyLinear(4)": (8, 10),
    "nn.Identity()": (8, 10),
}


@pytest.mark.parametrize(("text", "shape"), DELICATE.items())
@pytest.mark.parametrize("mode", ["train", "eval"])
def test_that_no_layer_of_torch_is_accused(
    text: str, shape: tuple[int, ...], mode: str, one_thread: None
) -> None:
    found = examined(specimen_of(text, [tensor(*shape)], mode=mode))
    assert {
        name: findings for name, findings in found.items() if findings and not isinstance(findings, str)
    } == {}


@pytest.mark.parametrize("plan", [{"dtype": "bfloat16"}, {"autocast": "bfloat16"}, {"dtype": "float64"}])
def test_that_precision_is_no_fault(plan: dict, one_thread: None) -> None:
    for text in ("nn.Linear(10, 10)", "nn.LayerNorm(10)", "nn.GELU()"):
        found = examined(specimen_of(text, [tensor(32, 10)], **plan))
        assert {
            name for name, findings in found.items() if findings and not isinstance(findings, str)
        } == set()


@pytest.mark.parametrize(
    "body", ["raise SystemExit(3)", "return x @ x", "return 'text'", "return self.nothing"]
)
def test_that_a_model_that_does_not_run_fails_no_check(tmp_path: Path, body: str) -> None:
    write_layers(tmp_path, f"class Mine(nn.Module):\n    def forward(self, x):\n        {body}")
    found = examined(specimen_of("mine.py:Mine()", folder=tmp_path))
    assert {name for name, findings in found.items() if findings and not isinstance(findings, str)} == set()
    reasons = [findings for findings in found.values() if isinstance(findings, str)]
    assert len(reasons) > len(CHECKS) / 2
    assert all(reason.endswith((".", "!", "?")) for reason in reasons)


def test_that_a_model_that_can_not_be_built_makes_every_check_unavailable(tmp_path: Path) -> None:
    write_layers(tmp_path, "class Mine(nn.Module):\n    def __init__(self):\n        1 / 0")
    found = examined(specimen_of("mine.py:Mine()", folder=tmp_path))
    assert all(isinstance(findings, str) and "ZeroDivisionError" in findings for findings in found.values())


@pytest.mark.parametrize("plan", [{"dtype": "complex64"}])
def test_that_what_can_not_be_differentiated_says_why(plan: dict) -> None:
    found = examined(specimen_of("nn.Identity()", **plan), "wrong_gradient", "cut_gradient")
    assert found == dict.fromkeys(found, "Gradients are checked for real numbers only.")
    whole = tensor(4, distribution="integers", below=3)
    found = examined(specimen_of("nn.Identity()", [whole]), "wrong_gradient")
    assert (
        found["wrong_gradient"]
        == "There are neither floating-point inputs nor parameters to differentiate by."
    )


def test_that_a_layer_for_float32_alone_has_no_checked_gradients(tmp_path: Path) -> None:
    body = "return x @ torch.ones(10, 10, dtype=torch.float32)"
    write_layers(tmp_path, f"class Mine(nn.Module):\n    def forward(self, x):\n        {body}")
    reason = examined(specimen_of("mine.py:Mine()", folder=tmp_path), "wrong_gradient")["wrong_gradient"]
    assert isinstance(reason, str)
    assert reason.startswith("The model does not run in float64")


def test_that_checks_leave_torch_as_it_was(one_thread: None) -> None:
    before = capture_torch_state()
    for layer in layers_of("calls"):
        examined(specimen_of(layer.text, layer.inputs))
        assert capture_torch_state() == before
    assert torch.overrides._get_current_function_mode_stack() == []


def test_that_every_check_is_told_in_whole_sentences() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS)
    for check in CHECKS:
        assert check.group in ("parameters", "behaviour", "gradients", "saving")
        assert check.severity in ("error", "warning", "advice")
        assert check.why.endswith(".")
        assert check.mend.endswith(".")
        assert "." not in check.title.replace(".to()", "").removesuffix("()")


def test_that_faulty_layers_are_files_as_a_person_writes_them() -> None:
    assert {file.suffix for file in FAULTY.iterdir() if file.is_file()} == {".py"}


def test_that_a_problem_is_told_in_its_own_words() -> None:
    assert first_line(ProblemError("There is no such layer.", "mine.py")) == "There is no such layer."
    assert first_line(ValueError("no such layer\nat all")) == "ValueError: no such layer."
