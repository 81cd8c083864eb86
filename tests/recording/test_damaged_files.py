"""Files that are no recordings, or not whole ones."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.recording.recording import Recording
from engine.recording.schema import SCHEMA_VERSION
from engine.wire.problem import ProblemError
from tests.recording.runs import assert_same_table, small_experiment, small_window, some_steps


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("runs") / "run.layerscope"
    recording = Recording.create(path, small_experiment(), path.parent)
    for index in range(40):
        recording.append_window(small_window(index, events=400))
        recording.append_steps(some_steps(100 * index, 100))
    recording.close()
    return path.read_bytes()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"{}", "not a Layerscope recording"),
        (b"SQLite format 3\0" + bytes(200), "not a Layerscope recording"),
        (b"\x1f\x8b" + bytes(1000), "not a Layerscope recording"),
    ],
)
def test_that_other_files_are_refused_with_a_hint(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "file.layerscope"
    path.write_bytes(content)
    with pytest.raises(ProblemError, match=what) as caught:
        Recording.open(path)
    assert caught.value.problem.where == str(path)
    assert caught.value.problem.hint


def test_that_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.layerscope", tmp_path):
        with pytest.raises(ProblemError, match="can't be opened") as caught:
            Recording.open(path)
        assert caught.value.problem.where == str(path)


def test_that_another_applications_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.layerscope"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE windows (id INTEGER)")
    connection.close()
    with pytest.raises(ProblemError, match="not a Layerscope recording"):
        Recording.open(path)


def test_that_a_newer_schema_asks_for_a_newer_application(tmp_path: Path, recorded: bytes) -> None:
    path = tmp_path / "new.layerscope"
    path.write_bytes(recorded)
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    with pytest.raises(ProblemError, match=f"schema {SCHEMA_VERSION + 1}.*newer Layerscope"):
        Recording.open(path)


@pytest.mark.parametrize("share", [0.999, 0.7, 0.4])
def test_that_a_truncated_recording_opens_with_what_is_whole(
    tmp_path: Path, recorded: bytes, share: float
) -> None:
    path = tmp_path / "short.layerscope"
    path.write_bytes(recorded[: int(len(recorded) * share)])
    opened = Recording.open(path)
    assert opened.experiment == small_experiment()
    assert opened.damage
    assert opened.window_count >= 40 * share * 0.6
    assert opened.step_count >= 4000 * share * 0.5
    for position in range(opened.window_count):
        window = opened.window(position)
        assert_same_table(window.table, small_window(window.index, events=400).table)


@settings(max_examples=40, deadline=None)
@given(cut=st.floats(0, 1), flips=st.lists(st.floats(0, 0.999999), max_size=5))
def test_that_no_damage_crashes_or_shows_half_a_table(
    tmp_path_factory: pytest.TempPathFactory, recorded: bytes, cut: float, flips: list[float]
) -> None:
    content = bytearray(recorded[: max(1, int(len(recorded) * cut))])
    for flip in flips:
        content[int(len(content) * flip)] ^= 0x55
    path = tmp_path_factory.mktemp("damaged") / "run.layerscope"
    path.write_bytes(content)
    try:
        opened = Recording.open(path)
        windows = [opened.window(position) for position in range(opened.window_count)]
    except ProblemError:
        return
    for window in windows:
        assert len(window.table) == 400
