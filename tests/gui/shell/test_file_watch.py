from __future__ import annotations

import os
from pathlib import Path

import pytest

from gui.file_watching.file_watch import FileWatch


@pytest.fixture
def file(tmp_path) -> Path:
    file = tmp_path / "custom.py"
    file.write_text("one")
    return file


@pytest.fixture
def watch(qtbot, file) -> FileWatch:
    watch = FileWatch()
    watch.watch([file])
    return watch


def test_that_a_change_on_disk_is_told(watch, file, qtbot) -> None:
    with qtbot.waitSignal(watch.file_changed, timeout=5000) as changed:
        file.write_text("two")
    assert changed.args == [file]


def test_that_a_file_replaced_by_its_editor_is_still_watched(watch, file, qtbot) -> None:
    for text in ("two", "three"):
        with qtbot.waitSignal(watch.file_changed, timeout=5000):
            new = file.with_suffix(".tmp")
            new.write_text(text)
            new.replace(file)


def test_that_touching_a_file_is_no_change(watch, file, qtbot) -> None:
    with qtbot.assertNotEmitted(watch.file_changed):
        os.utime(file)
        watch.check()


def test_that_a_file_that_goes_and_comes_back_is_told(watch, file, qtbot) -> None:
    with qtbot.waitSignal(watch.file_removed, timeout=5000) as removed:
        file.unlink()
    assert removed.args == [file]
    with qtbot.waitSignal(watch.file_changed, timeout=5000):
        file.write_text("back")


def test_that_files_no_longer_watched_are_quiet(watch, file, tmp_path, qtbot) -> None:
    watch.watch([tmp_path / "other.py"])
    assert watch.files == (tmp_path / "other.py",)
    with qtbot.assertNotEmitted(watch.file_changed):
        file.write_text("two")
        watch.check()
