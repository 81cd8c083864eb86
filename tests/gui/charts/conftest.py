"""Fixtures of the chart tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from gui.theme import layer_colours
from tests.gui.charts.shown_session import FakeEngine, ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun

ShowRun = Callable[[SyntheticRun], None]


@pytest.fixture(autouse=True)
def fresh_layer_colours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Layers of one test must not use up the colours of another's."""
    monkeypatch.setattr(layer_colours, "_slots", {})


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path) -> Iterator[ShownSession]:
    """A session without a worker."""
    shown = ShownSession(FakeEngine(), tmp_path)
    yield shown
    shown.close()


@pytest.fixture
def show_run(qtbot: QtBot, session: ShownSession) -> ShowRun:
    """Show a made-up run and wait until all of it is analysed."""

    def show(run: SyntheticRun) -> None:
        session.show(run.recording)
        qtbot.waitUntil(lambda: session.is_idle)

    return show
