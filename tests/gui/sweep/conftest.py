from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import shiboken6

from engine.experiment.edits import add_variant
from engine.experiment.experiment import Experiment
from engine.experiment.sweep_text import parse_sweep
from gui.main_window.data_directories import DataDirectories
from gui.main_window.main_window import MainWindow
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.sweep_page.sweep_page import SweepPage
from gui.sweep_page.sweep_session import SweepSession
from tests.gui.editing.fakes import FakeInspector, experiment
from tests.gui.sweep.fake_sweeps import FakeEngine


@pytest.fixture
def pair() -> Experiment:
    """Two variants of one layer."""
    one = experiment("nn.Linear(64, 64)")
    named = replace(one, variants=(replace(one.variants[0], name="custom"),))
    return add_variant(named, replace(named.variants[0], name="built-in"))


@pytest.fixture
def engine() -> FakeEngine:
    return FakeEngine()


@pytest.fixture
def project(qtbot, pair, tmp_path) -> Project:
    project = Project()
    project.new(pair, tmp_path)
    return project


@pytest.fixture
def session(qtbot, engine, tmp_path) -> Iterator[SweepSession]:
    session = SweepSession(engine, tmp_path / "recordings")
    yield session
    session.close()


@pytest.fixture
def page(qtbot, project, session) -> SweepPage:
    page = SweepPage(project, Inspection(project, FakeInspector(), may_run=lambda files: True), session)
    qtbot.addWidget(page)
    page.resize(800, 640)
    page.show()
    return page


Swept = Callable[[str], SweepSession]


@pytest.fixture
def sweep(qtbot, session, project) -> Swept:
    """Return a function that sweeps to the end."""

    def run(text: str) -> SweepSession:
        with qtbot.waitSignal(session.finished, timeout=30_000):
            assert session.start(project.experiment, parse_sweep(text), project.base_directory)
        return session

    return run


@pytest.fixture
def window(qtbot, engine, pair, settings, tmp_path) -> Iterator[MainWindow]:
    """A window that holds the two variants."""
    window = MainWindow(engine, settings, DataDirectories.below(tmp_path / "data"))
    window.project.new(pair, tmp_path)
    window.show()
    yield window
    window.project.undo_stack.setClean()
    window.close()
    shiboken6.delete(window)
