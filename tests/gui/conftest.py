"""Fixtures of all the window's tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gui.settings.settings import Settings
from gui.theme.theme import LIGHT, current_theme, set_theme


@pytest.fixture(autouse=True)
def light_theme(qapp: QApplication) -> None:
    """Every test begins in the light theme."""
    # Styling every living widget anew takes long: only when it is needed.
    if current_theme() is not LIGHT or not qapp.styleSheet():
        set_theme(qapp, "light")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of this test alone."""
    return Settings(QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat))
