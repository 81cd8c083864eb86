"""``check`` from end to end: real processes, real workers, real layers."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

from engine.experiment.shipped import RESOURCES
from tests.command_line.conftest import CommandLine

pytestmark = pytest.mark.slow

LAYERS = """
import os, time, torch
from torch import nn

class Unready(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(10, 10))
    def forward(self, x):
        return x @ self.weight

class Exiting(nn.Module):
    def forward(self, x):
        os._exit(3)

class Sleeping(nn.Module):
    def forward(self, x):
        print("sleeping", flush=True)
        time.sleep(0.5)
        return x
"""


@pytest.fixture(autouse=True)
def layers(command_line: CommandLine) -> None:
    (command_line.folder / "layers.py").write_text(LAYERS)


def test_that_a_sound_layer_passes_with_inputs_that_fit_it(command_line: CommandLine) -> None:
    done = command_line.run("check", "nn.Linear(48, 12)", "--only", "parameters", "--json", "out.json")
    assert done.returncode == 0, done.stderr
    assert "checked with normal numbers of shape 32x48" in done.stderr
    assert "failed" not in done.stdout
    report = command_line.json("out.json")
    assert report["schema"] == 1
    (model,) = report["models"]
    assert model["model"] == "Linear"
    assert {result["group"] for result in model["results"]} == {"parameters"}
    assert {result["status"] for result in model["results"]} <= {"pass", "unavailable"}


def test_that_a_fault_is_shown_with_its_line_and_changes_the_exit_code(command_line: CommandLine) -> None:
    done = command_line.run("check", "layers.py:Unready()", "--input", "4x10", "--only", "uninitialised")
    assert done.returncode == 3, done.stderr
    assert "✗" in done.stdout
    assert "layers.py:8" in done.stdout
    assert "1 failed" in done.stdout


def test_that_every_variant_of_a_project_is_checked(command_line: CommandLine) -> None:
    project = RESOURCES / "examples" / "custom_vs_builtin_linear.json"
    done = command_line.run("check", str(project), "--only", "uninitialised", "--json", "-")
    assert done.returncode == 3
    models = json.loads(done.stdout)["models"]
    assert [(model["model"], model["results"][0]["status"]) for model in models] == [
        ("custom", "fail"),
        ("built-in", "pass"),
    ]
    one = command_line.run("check", str(project), "--variant", "built-in", "--only", "uninitialised")
    assert one.returncode == 0
    assert "custom" not in one.stdout


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("nn.Linear(48, 12)", "--only", "parametres"), "Did you mean parameters?"),
        (("nn.Linaer(48, 12)",), "Linaer"),
        (("missing.json",), "missing.json"),
        (("layers.py:Exiting()", "--variant", "other", "--input", "4x10"), "There is no variant 'other'"),
        (("nn.ReLU()", "--input", "4x10", "--json", "nowhere/out.json"), "nowhere"),
        (("nn.ReLU()", "--input", "4x10", "--device", "cuda:7"), "cuda"),
    ],
)
def test_that_bad_input_is_told_as_such(
    command_line: CommandLine, arguments: tuple[str, ...], told: str
) -> None:
    done = command_line.run("check", *arguments)
    assert done.returncode == 2, (done.stdout, done.stderr)
    assert told in done.stderr


def test_that_a_layer_that_takes_down_its_process_is_told(command_line: CommandLine) -> None:
    done = command_line.run("check", "layers.py:Exiting()", "--input", "4x10", "--json", "out.json")
    assert done.returncode == 1
    assert "exit code 3" in done.stderr
    (model,) = command_line.json("out.json")["models"]
    assert model["outcome"] == "crashed"
    assert "exit code 3" in model["error"]["what"]


def test_that_ctrl_c_keeps_what_was_found(command_line: CommandLine, tmp_path: Path) -> None:
    arguments = ("check", "layers.py:Sleeping()", "--input", "4x10", "--json", "out.json")
    with command_line.start(*arguments) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if "Checking" in line:
                    break
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130
    assert [model["model"] for model in command_line.json("out.json")["models"]] == ["Sleeping"]
