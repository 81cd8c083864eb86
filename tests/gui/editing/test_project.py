from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.wire.problem import ProblemError
from gui.project.project import Project
from gui.project.recovery import Recovery

TWO_LAYERS = Experiment(
    variants=(
        Variant(name="built-in", model=(ModelNode(layer="nn.Linear(10, 10)"), ModelNode(layer="nn.ReLU()"))),
    ),
    inputs=(InputSpec(shape=(32, 10)),),
)


@pytest.fixture
def project(qtbot):
    project = Project()
    project.new(TWO_LAYERS)
    return project


def test_that_an_edit_can_be_undone_and_redone(project):
    other = replace(TWO_LAYERS, notes="changed")
    project.edit("Change notes", other)
    assert project.experiment == other
    assert project.undo_stack.undoText() == "Change notes"
    project.undo_stack.undo()
    assert project.experiment == TWO_LAYERS
    assert not project.is_modified
    project.undo_stack.redo()
    assert project.experiment == other


def test_that_an_edit_that_changes_nothing_is_no_edit(project, qtbot):
    with qtbot.assertNotEmitted(project.changed):
        project.edit("Nothing", replace(TWO_LAYERS))
    assert not project.is_modified
    assert project.undo_stack.count() == 0


def test_that_typing_is_one_step_of_undo_until_a_pause(qtbot):
    now = 0.0
    project = Project(clock=lambda: now)
    project.new(TWO_LAYERS)
    for text in ("a", "ab", "abc"):
        now += 0.3
        project.edit("Change notes", replace(TWO_LAYERS, notes=text), merge_key="notes")
    now += 10
    project.edit("Change notes", replace(TWO_LAYERS, notes="abcd"), merge_key="notes")
    assert project.undo_stack.count() == 2
    project.undo_stack.undo()
    assert project.experiment.notes == "abc"
    project.undo_stack.undo()
    assert project.experiment.notes == ""


def test_that_typing_and_taking_it_back_leaves_no_step(project):
    project.edit("Change notes", replace(TWO_LAYERS, notes="a"), merge_key="notes")
    project.edit("Change notes", TWO_LAYERS, merge_key="notes")
    assert project.experiment == TWO_LAYERS
    assert project.undo_stack.count() == 0


def test_that_edits_of_different_fields_do_not_merge(project):
    project.edit("Change notes", replace(TWO_LAYERS, notes="a"), merge_key="notes")
    project.edit("Add file", replace(project.experiment, files=("a.py",)), merge_key="files")
    assert project.undo_stack.count() == 2


def test_that_a_saved_project_loads_as_it_was(project, tmp_path, qtbot):
    path = tmp_path / "pair.json"
    project.edit("Change notes", replace(TWO_LAYERS, notes="kept"))
    with qtbot.waitSignals([project.saved, project.path_changed]):
        project.save(path)
    assert not project.is_modified
    other = Project()
    other.load(path)
    assert other.experiment == project.experiment
    assert other.path == path
    assert other.base_directory == tmp_path
    assert not other.is_modified


def test_that_a_project_that_cannot_be_read_leaves_the_present_one(project, tmp_path):
    path = tmp_path / "broken.json"
    path.write_text('{"variants": [')
    project.edit("Change notes", replace(TWO_LAYERS, notes="mine"))
    with pytest.raises(ProblemError) as raised:
        project.load(path)
    assert str(path) in raised.value.problem.where
    assert project.experiment.notes == "mine"
    assert project.path is None
    assert project.is_modified


def test_that_saving_without_a_file_asks_for_one(project):
    with pytest.raises(ProblemError, match="Save as"):
        project.save()


def test_that_saving_elsewhere_keeps_relative_files_pointing_at_the_same_place(qtbot, tmp_path):
    (tmp_path / "a").mkdir()
    layers = tmp_path / "a" / "layers.py"
    layers.write_text("")
    model = (ModelNode(layer="layers.py:Mine(3, inner=layers.py:Other())"),)
    model = (ModelNode(layer="layers.py:Mine(3)"), ModelNode(container="residual", children=model))
    experiment = replace(TWO_LAYERS, variants=(Variant(name="v", model=model),), files=("layers.py",))
    project = Project()
    project.new(experiment, base_directory=tmp_path / "a")
    project.save(tmp_path / "project.json")
    assert project.experiment.files == ("a/layers.py",)
    assert project.experiment.variants[0].model[0].layer == "a/layers.py:Mine(3)"
    saved = json.loads((tmp_path / "project.json").read_text())
    assert saved["files"] == ["a/layers.py"]


def test_that_unsaved_work_comes_back_after_a_crash(qtbot, tmp_path):
    crashed = Project(recovery_directory=tmp_path)
    crashed.new(TWO_LAYERS, base_directory=tmp_path)
    crashed.edit("Change notes", replace(TWO_LAYERS, notes="not lost"))
    crashed.write_recovery()
    release_as_if_crashed(crashed.recovery)

    project = Project(recovery_directory=tmp_path)
    (work,) = project.recovery.abandoned()
    assert work.path is None
    project.restore(work)
    assert project.experiment.notes == "not lost"
    assert project.is_modified
    assert project.recovery.abandoned() == []
    project.save(tmp_path / "saved.json")
    assert not project.is_modified
    assert not list(tmp_path.glob("*.recovery.json"))


def test_that_work_of_an_application_still_running_is_not_abandoned(qtbot, tmp_path):
    running = Project(recovery_directory=tmp_path)
    running.edit("Change notes", replace(running.experiment, notes="mine"))
    running.write_recovery()
    assert Recovery(tmp_path).abandoned() == []


def test_that_autosave_follows_an_edit_by_itself(qtbot, tmp_path):
    project = Project(recovery_directory=tmp_path)
    project._autosave.setInterval(1)
    project.edit("Change notes", replace(project.experiment, notes="soon"))
    qtbot.waitUntil(lambda: len(list(tmp_path.glob("*.recovery.json"))) == 1)
    project.close()
    assert not list(tmp_path.glob("*.recovery.*"))


def test_that_undoing_everything_forgets_the_recovery_file(qtbot, tmp_path):
    project = Project(recovery_directory=tmp_path)
    project.edit("Change notes", replace(project.experiment, notes="soon"))
    project.write_recovery()
    project.undo_stack.undo()
    project.write_recovery()
    assert not list(tmp_path.glob("*.recovery.json"))


def test_that_a_recovery_file_that_cannot_be_written_is_told_not_raised(qtbot, tmp_path):
    directory = tmp_path / "recovery"
    project = Project(recovery_directory=directory)
    project.edit("Change notes", replace(project.experiment, notes="soon"))
    for path in directory.iterdir():
        path.unlink()
    directory.rmdir()
    with qtbot.waitSignal(project.autosave_failed) as failed:
        project.write_recovery()
    assert "can't" in failed.args[0].what or failed.args[0].what


def release_as_if_crashed(recovery: Recovery) -> None:
    """What the system does when a process dies: its lock can be taken, its files stay."""
    recovery._lock.unlock()


def test_that_a_nonsense_recovery_file_is_skipped(qtbot, tmp_path: Path):
    (tmp_path / "x.recovery.json").write_text("{")
    assert Recovery(tmp_path).abandoned() == []
