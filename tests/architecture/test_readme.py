"""What the README says can be typed."""

from __future__ import annotations

import json
import re
import shlex

import pytest

from engine.command_line.arguments import COMMANDS, parse_arguments
from engine.command_line.requested_experiment import requested_experiment
from engine.experiment.project_schema import from_plain
from tests.architecture.source_files import PROJECT

README = (PROJECT / "README.md").read_text(encoding="utf-8")
_BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
_COMMANDS = [
    line.removeprefix("python main.py").strip()
    for _, block in _BLOCKS
    for line in block.splitlines()
    if line.startswith("python main.py")
]


def test_that_the_readme_shows_every_command() -> None:
    assert {parse_arguments(shlex.split(command)).command for command in _COMMANDS} == set(COMMANDS)


@pytest.mark.parametrize("command", _COMMANDS)
def test_that_an_example_command_is_accepted(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    parsed = parse_arguments(shlex.split(command))

    if parsed.command == "run" and parsed.variant and not any(".py:" in text for text in parsed.variant):
        experiment, _ = requested_experiment(parsed)
        assert len(experiment.variants) == len(parsed.variant)
    assert capsys.readouterr().err == ""


def test_that_the_options_of_run_are_all_described() -> None:
    parsed = parse_arguments(["run"])
    options = {f"--{name.replace('_', '-')}" for name in vars(parsed)} - {
        "--command",
        "--project",
        "--version",
    }

    assert {option for option in options if f"`{option}" not in README} == set()


def test_that_the_project_file_shown_is_one() -> None:
    shown = [json.loads(block) for language, block in _BLOCKS if language == "json"]

    assert shown
    for project in shown:
        experiment = from_plain(project, "README.md")
        assert len(experiment.variants) == 2


def test_that_every_make_target_named_exists() -> None:
    makefile = (PROJECT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))

    assert (
        set(re.findall(r"^make ([a-z]+)\b", "\n".join(block for _, block in _BLOCKS), re.MULTILINE))
        <= targets
    )


def test_that_files_the_documents_link_to_exist() -> None:
    for document in ("README.md", "ARCHITECTURE.md", "CHANGELOG.md"):
        text = (PROJECT / document).read_text(encoding="utf-8")
        for link in re.findall(r"\]\(((?!https?:|#)[^)]+)\)", text):
            assert (PROJECT / link).exists(), f"{document}: {link}"
