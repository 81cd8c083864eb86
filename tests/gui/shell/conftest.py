from __future__ import annotations

import pytest
import shiboken6

from gui.main_window.data_directories import DataDirectories
from gui.main_window.main_window import MainWindow
from tests.gui.shell.fake_engine import FakeEngine


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
