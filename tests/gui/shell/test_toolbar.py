from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from engine.experiment.run_plan import RunPlan
from engine.host.events import RunFinished, RunProgress
from gui.project.project import Project
from gui.toolbar.progress_view import ProgressView, format_seconds
from gui.toolbar.run_toolbar import RunToolbar
from tests.gui.editing.fakes import ENVIRONMENT


@pytest.fixture
def project(qtbot) -> Project:
    return Project()


@pytest.fixture
def toolbar(qtbot, project) -> RunToolbar:
    toolbar = RunToolbar(project, [])
    qtbot.addWidget(toolbar)
    toolbar.show()
    return toolbar


def choose(box, text: str) -> None:
    index = box.findText(text)
    assert index >= 0, f"{text!r} is not offered"
    box.setCurrentIndex(index)
    box.activated.emit(index)


def edit_plan(project: Project, **fields) -> None:
    experiment = project.experiment
    project.edit("edit", replace(experiment, plan=replace(experiment.plan, **fields)))


def test_that_a_choice_of_the_person_is_one_undoable_edit(toolbar, project) -> None:
    choose(toolbar.phase, "Training step")
    choose(toolbar.dtype, "bfloat16")
    assert (project.experiment.plan.phase, project.experiment.plan.dtype) == ("training", "bfloat16")
    project.undo_stack.undo()
    assert project.experiment.plan.dtype == "float32"
    assert toolbar.dtype.value == "float32"


def test_that_showing_a_project_edits_nothing(toolbar, project) -> None:
    edit_plan(project, device="cuda:3", steps=7, dtype="float64")
    count = project.undo_stack.count()
    toolbar.show_project()
    toolbar.set_environment(ENVIRONMENT)
    assert project.undo_stack.count() == count


def test_that_devices_come_from_the_environment_with_their_memory(toolbar) -> None:
    toolbar.set_environment(ENVIRONMENT)
    assert [toolbar.device.itemData(index) for index in range(toolbar.device.count())] == [
        "auto",
        "cuda:0",
        "cpu",
    ]
    assert toolbar.device.itemText(0) == "Auto (cuda:0)"
    assert "80.0 GiB" in toolbar.device.itemData(1, Qt.ItemDataRole.ToolTipRole)


def test_that_a_planned_device_that_is_absent_stays_shown_as_such(toolbar, project) -> None:
    edit_plan(project, device="cuda:3")
    toolbar.set_environment(ENVIRONMENT)
    assert toolbar.device.value == "cuda:3"
    assert "not found" in toolbar.device.currentText()
    assert project.experiment.plan.device == "cuda:3"


@pytest.mark.parametrize(
    ("plan", "kind", "amount"),
    [
        (RunPlan(steps=250), "steps", 250),
        (RunPlan(seconds=2.5), "seconds", 2.5),
        (RunPlan(), "seconds", 5),
    ],
)
def test_that_the_length_of_a_plan_is_shown(toolbar, project, plan, kind, amount) -> None:
    project.edit("edit", replace(project.experiment, plan=plan))
    assert toolbar.length.kind.value == kind
    assert toolbar.length.amount.value() == amount


def test_that_a_plan_has_only_one_length(toolbar, project) -> None:
    choose(toolbar.length.kind, "Steps")
    toolbar.length.amount.setValue(321)
    plan = project.experiment.plan
    assert (plan.steps, plan.seconds, plan.until_stable) == (321, None, False)
    choose(toolbar.length.kind, "Until stable")
    plan = project.experiment.plan
    assert (plan.steps, plan.seconds, plan.until_stable) == (None, None, True)
    assert not toolbar.length.amount.isVisible()
    choose(toolbar.length.kind, "Steps")
    assert project.experiment.plan.steps == 321


def test_that_the_one_button_runs_and_then_stops(toolbar, qtbot) -> None:
    button = toolbar.run_button
    with qtbot.waitSignal(button.run_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    button.show_running(True)
    with qtbot.waitSignal(button.stop_requested):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    button.show_stopping()
    assert not button.isEnabled()


def test_that_progress_says_what_how_far_and_how_long(qtbot) -> None:
    view = ProgressView()
    qtbot.addWidget(view)
    view.show_progress(
        RunProgress(
            stage="measuring", text="", steps=1240, total_steps=5000, fraction=0.25, seconds_left=64.4
        )
    )
    assert view.label.text() == "Measuring · step 1,240 of 5,000 · 1:04 min left"
    assert view.bar.value() == 250
    view.show_progress(RunProgress(stage="building", text=""))
    assert (view.label.text(), view.bar.maximum()) == ("Building the models", 0)
    view.show_finished(RunFinished(outcome="cancelled"), 90)
    assert view.label.text() == "Stopped · 90 steps kept"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59.6, "1:00 min"), (125, "2:05 min"), (3725, "1:02 h"), (-3, "0 s")]
)
def test_that_remaining_time_is_easy_to_read(seconds, text) -> None:
    assert format_seconds(seconds) == text


def test_that_an_interpreter_of_the_project_is_shown_by_its_environments_name(toolbar, project) -> None:
    project.edit("edit", replace(project.experiment, interpreter="/opt/envs/torch26/bin/python"))
    assert toolbar.interpreter.currentText() == "torch26"
