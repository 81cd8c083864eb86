import subprocess
import sys
from pathlib import Path

import pytest

from engine.command_line.arguments import parse_arguments

MAIN = Path(__file__).resolve().parents[2] / "main.py"


def test_that_without_a_command_the_window_opens() -> None:
    assert parse_arguments([]).command == "gui"
    assert parse_arguments([]).file is None


def test_that_a_file_alone_is_opened_in_the_window() -> None:
    parsed = parse_arguments(["my project.json"])
    assert (parsed.command, parsed.file) == ("gui", "my project.json")


def test_that_a_mistyped_command_is_not_taken_for_a_file(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_info:
        parse_arguments(["rnu"])
    assert exit_info.value.code == 2
    assert "did you mean 'run'" in capsys.readouterr().err


def test_that_steps_and_seconds_exclude_each_other() -> None:
    with pytest.raises(SystemExit) as exit_info:
        parse_arguments(["run", "--steps", "3", "--seconds", "1"])
    assert exit_info.value.code == 2


def test_that_a_run_takes_all_that_was_promised() -> None:
    line = """run p.json --variant a=nn.ReLU() --variant b=nn.GELU() --input 32x10
        --device cpu --dtype float64 --phase training --seconds 1.5 --budget 5 --threads 2 --seed 7
        --json o.json --trace t.json.gz --recording r.layerscope --quiet"""
    parsed = parse_arguments(line.split())
    assert parsed.variant == ["a=nn.ReLU()", "b=nn.GELU()"]
    assert (parsed.seconds, parsed.steps, parsed.budget, parsed.quiet) == (1.5, None, 5.0, True)
    assert parsed.trace == Path("t.json.gz")


def test_that_help_needs_none_of_the_heavy_packages() -> None:
    program = f"""
import runpy, sys
sys.path.insert(0, {str(MAIN.parent)!r})
sys.argv = ["main.py", "run", "--help"]
try:
    runpy.run_path({str(MAIN)!r}, run_name="__main__")
except SystemExit as end:
    code = end.code
heavy = {{"numpy", "torch", "PySide6", "rich", "msgspec"}} & set(sys.modules)
sys.exit(f"{{code}} {{heavy}}" if code or heavy else 0)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "--variant NAME=LAYER" in done.stdout
