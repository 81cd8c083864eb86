"""The other commands, as processes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line.conftest import PROJECT, CommandLine

pytestmark = pytest.mark.slow


def test_that_devices_are_listed_with_the_cpu_among_them(command_line: CommandLine) -> None:
    done = command_line.run("devices", "--json")
    assert done.returncode == 0, done.stderr
    environment = json.loads(done.stdout)
    assert environment["schema"] == 1
    assert "cpu" in [device["name"] for device in environment["devices"]]
    assert environment["default_device"] in [device["name"] for device in environment["devices"]]


def test_that_the_layers_of_a_file_are_listed_and_those_of_torch_are_not(command_line: CommandLine) -> None:
    (command_line.folder / "mine.py").write_text(
        "from torch import nn\nclass Mine(nn.Module):\n    '''My own.'''\n"
        "    def __init__(self, width, bias=True): super().__init__()\n"
    )
    done = command_line.run("layers", "mine.py")
    assert done.returncode == 0, done.stderr
    assert "Mine(width, bias=True)" in done.stdout
    assert "My own." in done.stdout
    assert "nn.Linear" not in done.stdout


def test_that_a_file_with_a_mistake_is_bad_input(command_line: CommandLine) -> None:
    (command_line.folder / "broken.py").write_text("class Mine(\n")
    done = command_line.run("layers", "broken.py", "--json")
    assert done.returncode == 2
    assert json.loads(done.stdout)["problems"]
    assert "broken.py" in done.stderr


def test_that_without_a_screen_the_window_says_what_to_do(command_line: CommandLine) -> None:
    done = command_line.run()
    assert done.returncode == 2
    assert "main.py run" in done.stderr


def test_that_results_that_cannot_be_written_are_refused_before_the_run(command_line: CommandLine) -> None:
    done = command_line.run("run", "--json", "gone/out.json")
    assert done.returncode == 2
    assert "not there" in done.stderr
    assert "Starting" not in done.stderr


def test_that_what_is_no_trace_is_bad_input(command_line: CommandLine) -> None:
    (command_line.folder / "text.json").write_text("hello")
    done = command_line.run("summary", "text.json")
    assert done.returncode == 2
    assert done.stderr.startswith("Error: ")


def test_that_without_qt_the_window_says_what_to_install_and_a_run_still_works(tmp_path: Path) -> None:
    program = f"""
import runpy, sys
for name in ("PySide6", "pyqtgraph", "shiboken6"):
    sys.modules[name] = None
sys.path.insert(0, {str(PROJECT)!r})
sys.argv = ["main.py", *sys.argv[1:]]
runpy.run_path({str(PROJECT / "main.py")!r}, run_name="__main__")
"""

    def start(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", program, *arguments]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=90)

    done = start("gui")
    assert done.returncode == 2
    assert "PySide6-Essentials" in done.stderr
    done = start("run", "--variant", "a=nn.ReLU()", "--input", "2", "--steps", "5", "--json", "o.json")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "o.json").exists()
