from __future__ import annotations

from dataclasses import replace

import pytest

from engine.experiment.experiment import Variant
from gui.plan.plan_editor import PlanEditor
from gui.project.selection import NodeAddress


@pytest.fixture
def editor(qtbot, project, inspection):
    editor = PlanEditor(project, inspection)
    qtbot.addWidget(editor)
    editor.resize(360, 700)
    editor.show()
    with qtbot.waitSignal(inspection.environment_arrived):
        inspection.refresh_environment()
    return editor


def choose(box, value):
    box.show_value(value)
    box.chosen.emit(value)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("device", "cuda:0"),
        ("phase", "backward"),
        ("mode", "eval"),
        ("dtype", "bfloat16"),
        ("autocast", "float16"),
        ("loss", "mse"),
        ("cache", "cold"),
        ("gradients", "keep"),
    ],
)
def test_that_a_choice_is_an_undoable_edit_of_the_plan(editor, project, field, value):
    before = getattr(project.experiment.plan, field)
    choose(editor.fields[field], value)
    assert getattr(project.experiment.plan, field) == value
    project.undo_stack.undo()
    assert getattr(project.experiment.plan, field) == before
    assert editor.fields[field].value == before


def test_that_numbers_and_switches_reach_the_plan(editor, project):
    fields = editor.fields
    fields["warmup"].setValue(7)
    fields["threads"].setValue(2)
    fields["seed"].setValue(123)
    fields["budget_percent"].setValue(25)
    fields["channels_last"].click()
    fields["fresh_inputs"].click()
    fields["compile"].click()
    fields["cudnn_benchmark"].click()
    fields["allow_tf32"].click()
    plan = project.experiment.plan
    assert (plan.warmup, plan.threads, plan.seed, plan.budget_percent) == (7, 2, 123, 25.0)
    assert (plan.channels_last, plan.compile, plan.fresh_inputs) == (True, True, True)
    assert plan.backends.cudnn_benchmark
    assert plan.backends.allow_tf32
    fields["warmup"].setValue(-1)
    assert project.experiment.plan.warmup is None
    assert fields["warmup"].text() == "until settled"


def test_that_training_settings_show_only_for_a_training_step(qtbot, editor, project):
    assert not editor.training.isVisible()
    choose(editor.fields["phase"], "training")
    assert editor.training.isVisible()
    choose(editor.fields["optimizer"], "Adam")
    rate = editor.fields["learning_rate"]
    rate.selectAll()
    qtbot.keyClicks(rate, "1e-x")
    assert rate.property("invalid") is True
    assert rate.text() == "1e-x"
    rate.selectAll()
    qtbot.keyClicks(rate, "1e-4")
    assert project.experiment.plan.optimizer.learning_rate == pytest.approx(1e-4)
    assert project.experiment.plan.optimizer.name == "Adam"


def test_that_gradients_can_be_set_only_where_there_are_some(editor):
    choose(editor.fields["phase"], "forward")
    assert not editor.fields["gradients"].isEnabled()
    choose(editor.fields["phase"], "backward")
    assert editor.fields["gradients"].isEnabled()


def test_that_the_devices_that_are_there_are_offered(editor):
    texts = [editor.device.itemText(index) for index in range(editor.device.count())]
    assert any("A100" in text for text in texts)
    assert "cuda:0" in [editor.overrides.fields["device"].itemData(i) for i in range(4)]


def test_that_a_length_is_set(editor, project):
    choose(editor.length.kind, "steps")
    editor.length.amount.setValue(300)
    assert project.experiment.plan.steps == 300
    assert project.experiment.plan.seconds is None


def test_that_one_variant_may_differ_from_the_plan(editor, project):
    both = (*project.experiment.variants, Variant(name="half", model=()))
    project.edit("Add variant", replace(project.experiment, variants=both))
    project.selection.select(NodeAddress(1))
    assert editor.overrides.variant.value == 1
    choose(editor.overrides.fields["dtype"], "float16")
    choose(editor.overrides.fields["compile"], True)
    assert project.experiment.variants[1].overrides.dtype == "float16"
    assert project.experiment.variants[1].overrides.compile is True
    assert project.experiment.variants[0].overrides.dtype is None
    choose(editor.overrides.fields["dtype"], None)
    assert project.experiment.variants[1].overrides.dtype is None


def test_that_a_batch_of_one_variant_is_an_undoable_edit(editor, project):
    assert editor.overrides.batch.text() == "as planned"
    editor.overrides.batch.setValue(64)
    assert project.experiment.variants[0].overrides.batch == 64
    project.undo_stack.undo()
    assert project.experiment.variants[0].overrides.batch is None
    assert editor.overrides.batch.text() == "as planned"
