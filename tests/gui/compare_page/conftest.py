"""Fixtures of the Compare page's tests: a page over made-up runs, without a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from gui.compare_page.compare_control import CompareControl
from gui.compare_page.compare_page import ComparePage
from gui.project.project import Project
from gui.settings.settings import Settings
from tests.gui.charts.conftest import fresh_layer_colours, session, show_run
from tests.gui.charts.shown_session import ShownSession

__all__ = ["fresh_layer_colours", "session", "show_run"]


@pytest.fixture
def project(qtbot: QtBot) -> Project:
    """An empty project."""
    return Project()


@pytest.fixture
def page(qtbot: QtBot, session: ShownSession, project: Project, settings: Settings) -> Iterator[ComparePage]:
    """The page as it shows in a window."""
    made = ComparePage(session, project, settings)
    qtbot.addWidget(made)
    made.resize(900, 800)
    made.show()
    yield made
    made.close_runs()


@pytest.fixture
def control(page: ComparePage, project: Project, session: ShownSession, settings: Settings) -> CompareControl:
    """What the page's commands do."""
    return CompareControl(page, project, session, settings)
