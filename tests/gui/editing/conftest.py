from __future__ import annotations

from pathlib import Path

import pytest

from gui.project.inspection import Inspection
from gui.project.project import Project
from tests.gui.editing.fakes import FakeInspector, experiment


@pytest.fixture
def project(qtbot) -> Project:
    project = Project()
    # Far from the files that tests write, wherever the checkout is: those keep their absolute paths.
    elsewhere = Path("/a/folder/far/away")
    project.new(experiment("nn.Linear(10, 64)", "nn.ReLU()", "nn.Linear(64, 2)"), elsewhere)
    return project


@pytest.fixture
def inspector() -> FakeInspector:
    return FakeInspector()


@pytest.fixture
def inspection(project, inspector) -> Inspection:
    inspection = Inspection(project, inspector, may_run=lambda files: True)
    inspection._timer.setInterval(1)
    return inspection
