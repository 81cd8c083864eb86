from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.experiment.disk import MAX_BYTES, read_json, write_json
from engine.wire.problem import Problem, ProblemError


def problem_of(path: Path) -> Problem:
    with pytest.raises(ProblemError) as caught:
        read_json(path)
    assert caught.value.problem.hint
    return caught.value.problem


def written(directory: Path, content: bytes) -> Path:
    path = directory / "p.json"
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_that_the_encodings_of_text_editors_are_read(tmp_path: Path, encoding: str) -> None:
    assert read_json(written(tmp_path, '{"a": "é层"}'.encode(encoding))) == {"a": "é层"}


def test_that_a_syntax_error_is_told_with_line_and_column(tmp_path: Path) -> None:
    problem = problem_of(written(tmp_path, b'{\n  "a": 1,\n  "b" 2\n}'))
    assert problem.where == f"{tmp_path / 'p.json'}:3:7"
    assert "line 3, column 7" in problem.what


@pytest.mark.parametrize("content", [b'{"a": [1, 2', b'{"a": "tex', b'{"a":', b'{"variants": [{"name"'])
def test_that_a_truncated_file_is_told_from_a_wrong_one(tmp_path: Path, content: bytes) -> None:
    assert "ends in the middle" in problem_of(written(tmp_path, content)).what


def test_that_no_cut_of_a_file_is_taken_for_the_file(tmp_path: Path) -> None:
    whole = b'{"schema": 1, "variants": [{"name": "a", "model": ["nn.ReLU()"]}], "inputs": []}'
    for length in range(len(whole)):
        problem_of(written(tmp_path, whole[:length]))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b" \n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "not a text file"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"hello", "not JSON at line 1, column 1"),
        (b'{"a": NaN}', "NaN is not a number"),
        (b'{"a": 1, "a": 2}', '"a" stands twice'),
        (b"[" * 200_000, "nested too deeply"),
        (b"9" * 10_000, "can't be read"),
    ],
)
def test_that_what_is_not_json_is_told_so(tmp_path: Path, content: bytes, what: str) -> None:
    assert what in problem_of(written(tmp_path, content)).what


def test_that_a_huge_file_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.json"
    with path.open("wb") as file:
        file.truncate(100 * 1024 * 1024)  # A sparse file: it takes no room.
    assert f"larger than {MAX_BYTES // 2**20} MiB" in problem_of(path).what


def test_that_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    assert "There is no such project" in problem_of(tmp_path / "gone.json").what
    assert "a folder" in problem_of(tmp_path).what


@pytest.mark.skipif(sys.platform == "win32", reason="has no /dev")
def test_that_a_device_is_not_read() -> None:
    assert "a device" in problem_of(Path("/dev/zero")).what


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def test_that_a_refused_read_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, b"{}")

    def refuse(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    problem = problem_of(path)
    assert "Permission denied" in problem.what
    assert problem.where == str(path)


@pytest.mark.skipif(is_root(), reason="root may write anywhere")
def test_that_a_write_protected_file_stays(tmp_path: Path) -> None:
    path = written(tmp_path, b"{}")
    path.chmod(0o444)
    with pytest.raises(ProblemError, match="write-protected"):
        write_json(path, {"new": True})
    assert path.read_bytes() == b"{}"


def test_that_a_failed_write_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, b'{"old": true}')

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ProblemError, match="No space left on device"):
        write_json(path, {"new": True})
    assert path.read_bytes() == b'{"old": true}'
    assert list(tmp_path.iterdir()) == [path]


def test_that_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="can't be written"):
        write_json(tmp_path / "gone" / "p.json", {})


@pytest.mark.skipif(sys.platform == "win32", reason="has no such modes or links")
def test_that_a_file_keeps_its_mode_and_a_link_its_target(tmp_path: Path) -> None:
    path = written(tmp_path, b"{}")
    path.chmod(0o640)
    link = tmp_path / "link.json"
    link.symlink_to(path)
    write_json(link, {"new": True})
    assert link.is_symlink()
    assert read_json(path) == {"new": True}
    assert path.stat().st_mode & 0o777 == 0o640


def test_that_a_path_that_is_no_unicode_survives(tmp_path: Path) -> None:
    data = {"file": "layer\udcff.py"}
    write_json(tmp_path / "p.json", data)
    assert read_json(tmp_path / "p.json") == data


def test_that_long_lists_are_spread_and_short_ones_are_not(tmp_path: Path) -> None:
    write_json(tmp_path / "p.json", {"short": [1, 2], "long": ["x" * 60, "y" * 60], "none": []})
    lines = (tmp_path / "p.json").read_text().splitlines()
    assert lines[1] == '  "short": [1, 2],'
    assert lines[2] == '  "long": ['
    assert lines[-2] == '  "none": []'
