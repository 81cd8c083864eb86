from __future__ import annotations

import pytest
import shiboken6
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gui.main_window.data_directories import DataDirectories
from gui.main_window.main_window import MainWindow
from gui.settings.settings import Settings
from gui.theme.theme import LIGHT, current_theme, set_theme
from tests.gui.shell.fake_engine import FakeEngine


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    if current_theme() is not LIGHT or not qapp.styleSheet():
        set_theme(qapp, "light")


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))


@pytest.fixture
def fake_engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def make_window(qtbot, settings, fake_engine, tmp_path):
    """Return a function that opens a window, as a start of the application would."""
    windows: list[MainWindow] = []

    def make() -> MainWindow:
        window = MainWindow(fake_engine, settings, DataDirectories.below(tmp_path / "data"))
        window.show()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.project.undo_stack.setClean()
        window.close()
        # Now, not some time later: every living widget makes each change of theme slower.
        shiboken6.delete(window)


@pytest.fixture
def window(make_window) -> MainWindow:
    return make_window()
