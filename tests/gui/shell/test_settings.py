from __future__ import annotations

from PySide6.QtCore import QSettings

from gui.settings.pinned_run import PinnedRun, encode_pin
from gui.settings.settings import RECENT_LIMIT, Settings


def test_that_everything_has_a_default(settings) -> None:
    assert settings.theme == "system"
    assert settings.language == ""
    assert settings.last_project is None
    assert settings.recent_files == []
    assert settings.geometry is None
    assert settings.runs_again_on_change is False


def test_that_values_come_back_at_the_next_start(tmp_path) -> None:
    file = str(tmp_path / "a.ini")
    project = tmp_path / "p.json"
    project.write_text("{}")
    first = Settings(QSettings(file, QSettings.Format.IniFormat))
    first.theme = "dark"
    first.language = "zh_CN"
    first.last_project = project
    first.runs_again_on_change = True
    first.add_recent_file(project)
    first.sync()
    second = Settings(QSettings(file, QSettings.Format.IniFormat))
    assert (second.theme, second.language, second.last_project) == ("dark", "zh_CN", project)
    assert second.runs_again_on_change is True
    assert second.recent_files == [project]


def test_that_nonsense_in_the_file_is_a_default(settings) -> None:
    settings._store.setValue("theme", "pink")
    settings._store.setValue("geometry", "no bytes")
    settings._store.setValue("layout", 7)
    assert settings.theme == "system"
    assert settings.geometry is None
    assert settings.layout is None


def test_that_recent_files_are_newest_first_without_repeats_or_lost_files(settings, tmp_path) -> None:
    files = [tmp_path / f"{number}.json" for number in range(RECENT_LIMIT + 3)]
    for file in files:
        file.write_text("{}")
        settings.add_recent_file(file)
    settings.add_recent_file(files[-2])
    assert settings.recent_files[:2] == [files[-2], files[-1]]
    assert len(settings.recent_files) == RECENT_LIMIT
    files[-1].unlink()
    assert files[-1] not in settings.recent_files


def test_that_a_project_that_is_gone_is_not_the_last_one(settings, tmp_path) -> None:
    settings.last_project = tmp_path / "gone.json"
    assert settings.last_project is None


def pin(path: str, name: str = "custom") -> PinnedRun:
    return PinnedRun(path=path, name=name, date="2026-01-02 03:04", device="cpu")


def test_that_pinned_runs_are_newest_first_and_stay_when_their_file_is_gone(settings) -> None:
    settings.pin_run(pin("/runs/a.layerscope"))
    settings.pin_run(pin("/runs/b.layerscope"))
    settings.pin_run(pin("/runs/a.layerscope", "again"))
    assert settings.pinned_runs == [pin("/runs/a.layerscope", "again"), pin("/runs/b.layerscope")]
    settings.unpin_run("/runs/a.layerscope")
    assert settings.pinned_runs == [pin("/runs/b.layerscope")]


def test_that_a_pin_that_can_not_be_read_is_none(settings) -> None:
    settings._store.setValue("pinned_runs", ["{", "[]", '{"path": "a"}', encode_pin(pin("/b"))])
    assert settings.pinned_runs == [pin("/b")]
