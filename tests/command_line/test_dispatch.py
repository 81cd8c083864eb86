"""What is refused before any command does anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.command_line.dispatch import dispatch


def test_that_a_file_that_is_not_there_is_told_before_any_window_opens(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for arguments in (["gui", "gone.json"], ["gone.json"]):
        assert dispatch(arguments, start_gui=lambda _file: pytest.fail("a window opened")) == 2
        assert "gone.json: There is no such file." in capsys.readouterr().err


def test_that_layers_runs_nothing_but_python_files(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.json"
    data.write_text("{}")
    assert dispatch(["layers", str(data)], start_gui=lambda _file: 0) == 2
    assert "not a Python file" in capsys.readouterr().err
