from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
import shiboken6
from PySide6.QtCore import QThread

from engine.host.inspection import Catalog, CatalogLayer, ShapeReport
from engine.wire.problem import Problem, ProblemError
from gui.palette.layer_palette import LayerPalette
from gui.project.inspection import Inspection
from gui.project.project import Project
from tests.gui.editing.fakes import BUILT_IN, ENVIRONMENT, FakeInspector, experiment, shape_report


@pytest.fixture
def custom(tmp_path: Path) -> Path:
    file = tmp_path / "layers.py"
    file.write_text("")
    return file


@pytest.fixture
def custom_project(qtbot, tmp_path, custom) -> Project:
    project = Project()
    project.new(
        experiment("nn.Linear(10, 10)", "layers.py:Mine()", files=("layers.py",)), base_directory=tmp_path
    )
    return project


def inspect(project: Project, inspector: FakeInspector, is_trusted: bool = True) -> Inspection:
    inspection = Inspection(project, inspector, lambda files: is_trusted)
    inspection._timer.setInterval(1)
    return inspection


def test_that_answers_arrive_as_signals(qtbot, project, inspector):
    inspection = inspect(project, inspector)
    with qtbot.waitSignals([inspection.environment_arrived, inspection.catalog_arrived]):
        inspection.refresh_environment()
        inspection.refresh_catalog()
    assert inspection.environment == ENVIRONMENT
    assert inspection.catalog.layers == BUILT_IN


def test_that_typing_asks_once(qtbot, project, inspector):
    inspection = inspect(project, inspector)
    inspection._timer.setInterval(30)
    with qtbot.waitSignal(inspection.shapes_arrived):
        for notes in range(5):
            layer = f"nn.Linear(10, {notes + 1})"
            project.edit("Type", experiment(layer))
    assert len(inspector.shape_questions) == 1


def test_that_an_answer_that_is_overtaken_is_dropped(qtbot, project, inspector):
    inspector.answers_itself = False
    inspection = inspect(project, inspector)
    project.edit("One", experiment("nn.Linear(10, 1)"))
    qtbot.waitUntil(lambda: len(inspector.shape_questions) == 1)
    project.edit("Two", experiment("nn.Linear(10, 2)"))
    qtbot.waitUntil(lambda: len(inspector.shape_questions) == 2)
    (first, late), (second, on_time) = inspector.shape_questions
    with qtbot.waitSignal(inspection.shapes_arrived):
        on_time.set_result(shape_report(second, project.experiment.inputs))
    with qtbot.assertNotEmitted(inspection.shapes_arrived, wait=20):
        late.set_result(shape_report(first, project.experiment.inputs))
    assert inspection.shape_at(0, (0,)).output == "32×2 float32"


def test_that_an_edit_that_leaves_a_variant_as_it_is_asks_nothing(qtbot, project, inspector):
    inspection = inspect(project, inspector)
    with qtbot.waitSignal(inspection.shapes_arrived):
        inspection._timer.start()
    with qtbot.assertNotEmitted(inspection.shapes_arrived, wait=20):
        project.edit("Note", replace(project.experiment, notes="x"))
    assert len(inspector.shape_questions) == 1


def test_that_shapes_of_an_older_tree_are_not_given_for_the_new_one(qtbot, project, inspector):
    inspection = inspect(project, inspector)
    with qtbot.waitSignal(inspection.shapes_arrived):
        inspection._timer.start()
    inspector.answers_itself = False
    project.edit("Other", experiment("nn.ReLU()"))
    assert inspection.shape_at(0, (0,)) is None
    assert not inspection.is_current(0)


def test_that_a_worker_thread_answers_on_the_gui_thread(qtbot, project, inspector):
    inspector.answers_itself = False
    inspection = inspect(project, inspector)
    threads = []
    inspection.shapes_arrived.connect(lambda *_: threads.append(QThread.currentThread()))
    project.edit("One", experiment("nn.Linear(10, 1)"))
    qtbot.waitUntil(lambda: bool(inspector.shape_questions))
    variant, future = inspector.shape_questions[0]
    report = shape_report(variant, project.experiment.inputs)
    with qtbot.waitSignal(inspection.shapes_arrived):
        Thread(target=lambda: future.set_result(report)).start()
    assert threads == [QThread.currentThread()]


def test_that_no_untrusted_file_reaches_the_inspector(qtbot, custom_project, custom):
    inspector = FakeInspector()
    inspection = inspect(custom_project, inspector, is_trusted=False)
    with qtbot.waitSignals([inspection.catalog_arrived, inspection.shapes_arrived]):
        inspection.refresh()
    assert inspector.catalog_questions == [()]
    assert inspector.shape_questions == []
    assert "not trusted" in inspection.catalog.problems[str(custom)].what
    assert "not trusted" in inspection.shape_at(0, (1,)).problem.what
    assert inspection.shape_at(0, (0,)) is None


def test_that_trusting_a_folder_asks_again(qtbot, custom_project, custom):
    trusted: list[Path] = []
    inspector = FakeInspector(layers={custom: (CatalogLayer(target="x", name="Mine", category="layers"),)})
    inspection = Inspection(custom_project, inspector, lambda files: all(f in trusted for f in files))
    with qtbot.waitSignals([inspection.catalog_arrived, inspection.shapes_arrived]):
        inspection.refresh()
    trusted.append(custom)
    with qtbot.waitSignals([inspection.catalog_arrived, inspection.shapes_arrived]):
        inspection.refresh()
    assert inspection.catalog.layers[-1].name == "Mine"
    assert inspection.catalog.problems == {}
    assert inspection.shape_at(0, (1,)).problem is None


def test_that_a_file_that_crashes_the_inspector_costs_only_itself(qtbot, custom_project, custom, tmp_path):
    bad = tmp_path / "bad.py"
    mine = CatalogLayer(target="layers.py:Mine", name="Mine", category="layers.py", file=str(custom))
    inspector = FakeInspector(layers={custom: (mine,)}, crashes_on={bad})
    inspection = inspect(custom_project, inspector)
    inspection.add_files([bad])
    qtbot.waitUntil(lambda: inspection.catalog is not None and not inspection.reading)
    assert inspection.catalog.layers == (*BUILT_IN, mine)
    assert inspection.catalog.problems[str(bad)].what == "The worker died."
    inspector.catalog_questions.clear()
    with qtbot.waitSignal(inspection.catalog_arrived):
        inspection.refresh_catalog()
    assert inspector.catalog_questions == [(custom,)]
    assert inspection.catalog.problems[str(bad)].what == "The worker died."
    bad.write_text("mended = True")
    inspector.crashes_on.clear()
    with qtbot.waitSignal(inspection.catalog_arrived):
        inspection.refresh_catalog()
    assert inspector.catalog_questions[-1] == (custom, bad)
    assert inspection.catalog.problems == {}


def test_that_a_crash_while_finding_shapes_is_a_problem_of_that_variant(qtbot, project, inspector):
    inspector.answers_itself = False
    inspection = inspect(project, inspector)
    inspection._timer.start()
    qtbot.waitUntil(lambda: bool(inspector.shape_questions))
    with qtbot.waitSignal(inspection.shapes_arrived):
        inspector.shape_questions[0][1].set_exception(ProblemError("The worker died.", hint="Look."))
    assert inspection.shapes[0] == ShapeReport(nodes=(), problem=Problem("The worker died.", hint="Look."))


def test_that_a_changed_file_is_inspected_again(qtbot, custom_project, custom):
    inspector = FakeInspector()
    inspection = inspect(custom_project, inspector)
    with qtbot.waitSignal(inspection.shapes_arrived):
        inspection.refresh()
    inspection.refresh()
    qtbot.waitUntil(lambda: len(inspector.shape_questions) == 2)


def test_that_an_answer_after_the_window_is_gone_is_no_error(qtbot, project, inspector):
    future: Future[Catalog] = Future()
    inspector.catalog = lambda files: future
    inspection = inspect(project, inspector)
    inspection.refresh_catalog()
    shiboken6.delete(inspection)
    future.set_result(Catalog(layers=(), problems={}))


class _SlowFiles(FakeInspector):
    """Answers at once for torch's layers, and never for a file."""

    def catalog(self, files):
        return super().catalog(files) if not files else Future()


def test_that_the_layers_of_torch_do_not_wait_for_a_file_that_hangs(qtbot, custom_project, custom):
    inspection = inspect(custom_project, _SlowFiles())
    with qtbot.waitSignal(inspection.catalog_arrived):
        inspection.refresh_catalog()
    assert inspection.catalog.layers == BUILT_IN
    assert inspection.reading == (custom,)
    palette = LayerPalette(custom_project, inspection)
    qtbot.addWidget(palette)
    (own, *_) = palette.model.groups
    assert [(entry.name, entry.detail) for entry in own.entries] == [("layers.py", "is being read…")]
    palette.search.setText("Mine")
    assert "layers.py is still being read" in palette.empty_text.text()


def test_that_nothing_is_being_read_once_the_catalog_is_there(qtbot, custom_project, custom):
    mine = CatalogLayer(target="layers.py:Mine", name="Mine", category="layers.py", file=str(custom))
    inspection = inspect(custom_project, FakeInspector(layers={custom: (mine,)}))
    inspection.refresh_catalog()
    assert inspection.reading == (custom,)
    qtbot.waitUntil(lambda: inspection.catalog is not None and mine in inspection.catalog.layers)
    assert inspection.reading == ()
