from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QSpinBox

from engine.experiment.model_node import ModelNode
from gui.fields.argument_fields import BoolField, ChoiceField, IntField, SourceField
from gui.layer_form.field_choice import field_kind
from gui.layer_form.layer_form import LayerForm
from gui.project.selection import NodeAddress
from tests.gui.editing.fakes import experiment, parameters


@pytest.fixture
def form(qtbot, project, inspection):
    form = LayerForm(project, inspection)
    qtbot.addWidget(form)
    form.resize(320, 600)
    form.show()
    with qtbot.waitSignal(inspection.catalog_arrived):
        inspection.refresh()
    return form


def show(project, node: str | ModelNode):
    project.new(experiment(node))
    project.selection.select(NodeAddress(0, (0,)))


def layer(project) -> str:
    return project.experiment.variants[0].model[0].layer


def test_that_nothing_selected_says_what_to_do(form, project):
    assert form.hint.isVisible()
    project.selection.select(NodeAddress(0, (0,)))
    assert not form.hint.isVisible()
    assert form.title.text() == "Linear"


def test_that_each_argument_gets_the_field_of_its_type(form, project):
    show(project, "nn.Conv2d(3, 8, 3)")
    fields = {name: type(row.field) for name, row in form.rows.items()}
    assert fields == {
        "in_channels": IntField,
        "out_channels": IntField,
        "kernel_size": SourceField,
        "stride": SourceField,
        "padding_mode": ChoiceField,
    }
    show(project, "nn.Linear(3, 8)")
    assert isinstance(form.rows["bias"].field, BoolField)
    assert isinstance(form.rows["dtype"].field, ChoiceField)


def test_that_a_number_changes_the_layer_and_typing_is_one_step_of_undo(qtbot, form, project):
    show(project, "nn.Linear(10, 10)")
    box = form.rows["out_features"].field.findChild(QSpinBox)
    box.selectAll()
    qtbot.keyClicks(box, "128")
    assert layer(project) == "nn.Linear(10, 128)"
    assert project.undo_stack.count() == 1
    project.undo_stack.undo()
    assert layer(project) == "nn.Linear(10, 10)"
    assert box.value() == 10


def test_that_a_default_is_muted_and_a_given_value_can_be_reset(qtbot, form, project):
    show(project, "nn.Linear(10, 10)")
    row = form.rows["bias"]
    assert row.label.property("muted") is True
    assert not row.reset_button.isEnabled()
    row.field.box.click()
    assert layer(project) == "nn.Linear(10, 10, bias=False)"
    assert row.label.property("muted") is False
    row.reset_button.click()
    assert layer(project) == "nn.Linear(10, 10)"


def test_that_a_wrong_value_is_told_in_place_and_nothing_typed_is_lost(qtbot, form, project):
    show(project, "nn.Dropout()")
    row = form.rows["p"]
    row.field.line.selectAll()
    qtbot.keyClicks(row.field.line, "0.x")
    assert row.field.line.text() == "0.x"
    assert row.field.line.property("invalid") is True
    assert "not a value" in row.problem.text()
    assert layer(project) == "nn.Dropout(0.0)" or layer(project) == "nn.Dropout(p=0.0)"
    qtbot.keyClick(row.field.line, Qt.Key.Key_Backspace)
    qtbot.keyClicks(row.field.line, "25")
    assert row.problem.isHidden()
    assert layer(project) == "nn.Dropout(p=0.25)"


def test_that_text_where_a_number_belongs_is_no_number(qtbot, form, project):
    show(project, "nn.Dropout()")
    row = form.rows["p"]
    row.field.line.selectAll()
    qtbot.keyClicks(row.field.line, "'a'")
    assert "not a number" in row.problem.text()
    assert layer(project) == "nn.Dropout()"


def test_that_scientific_notation_stays_as_typed_while_typing(qtbot, form, project):
    show(project, "nn.LayerNorm(10)")
    line = form.rows["eps"].field.line
    line.selectAll()
    qtbot.keyClicks(line, "1e-3")
    assert line.text() == "1e-3"
    assert layer(project) == "nn.LayerNorm(10, eps=0.001)"


def test_that_tuples_and_choices_are_written_as_python(qtbot, form, project):
    show(project, "nn.Conv2d(3, 8, 3)")
    kernel = form.rows["kernel_size"].field.line
    kernel.selectAll()
    qtbot.keyClicks(kernel, "(1, 3)")
    assert layer(project) == "nn.Conv2d(3, 8, (1, 3))"
    mode = form.rows["padding_mode"].field.box
    mode.setCurrentText("'reflect'")
    mode.textActivated.emit("'reflect'")
    assert layer(project) == "nn.Conv2d(3, 8, (1, 3), padding_mode='reflect')"
    dtype_kind = field_kind(parameters("dtype = None")[0], "torch.float16")
    assert dtype_kind == "choice"


def test_that_a_missing_required_argument_is_told(form, project):
    show(project, "nn.Linear(10)")
    row = form.rows["out_features"]
    assert row.problem.text() == "Required"
    assert not form.rows["in_features"].problem.isVisible()


def test_that_an_argument_the_signature_does_not_have_is_shown_and_can_be_removed(form, project):
    show(project, "nn.ReLU(speed=3)")
    row = form.rows["speed"]
    assert row.reset_button.isEnabled()
    row.reset_button.click()
    assert layer(project) == "nn.ReLU()"


def test_that_a_layer_the_catalog_does_not_know_is_edited_as_text(qtbot, form, project):
    show(project, "mypackage.models:factory(3)")
    line = form.text.line
    line.selectAll()
    qtbot.keyClicks(line, "mypackage.models:factory(")
    assert form.text.line.property("invalid") is True
    qtbot.keyClicks(line, "4)")
    assert layer(project) == "mypackage.models:factory(4)"


def test_that_the_focus_stays_in_a_field_while_it_changes_the_layer(qtbot, form, project):
    show(project, "nn.Linear(10, 10)")
    row = form.rows["out_features"]
    row.field.box.setValue(20)
    assert form.rows["out_features"] is row


def test_that_name_repeat_and_enabled_are_edited(qtbot, form, project):
    show(project, "nn.Linear(10, 10)")
    section = form.node_section
    assert section.name.placeholderText() == "linear"
    qtbot.keyClicks(section.name, "stem")
    qtbot.keyClick(section.name, Qt.Key.Key_Return)
    section.repeat.setValue(3)
    section.enabled.click()
    node = project.experiment.variants[0].model[0]
    assert (node.name, node.repeat, node.enabled) == ("stem", 3, False)


def test_that_a_refused_name_is_told_and_the_old_one_shown(qtbot, form, project):
    show(project, ModelNode(layer="nn.ReLU()", name="act"))
    form.node_section.name.selectAll()
    qtbot.keyClicks(form.node_section.name, "2 bad")
    qtbot.keyClick(form.node_section.name, Qt.Key.Key_Return)
    assert project.experiment.variants[0].model[0].name == "act"
    assert "2 bad" in form.problem.text()


def test_that_a_parallel_container_offers_how_to_join(form, project):
    show(project, ModelNode(container="parallel"))
    section = form.node_section
    assert section.combine.isVisible()
    assert not section.dim.isVisible()
    section.combine.setCurrentIndex(1)
    section.combine.activated.emit(1)
    section.dim.setValue(-1)
    node = project.experiment.variants[0].model[0]
    assert (node.combine, node.dim) == ("concatenate", -1)


def test_that_a_shape_error_stands_in_the_form_too(qtbot, form, project, inspection):
    show(project, "nn.Linear(99, 10)")
    field = form.rows["in_features"].field
    qtbot.waitUntil(lambda: field.y() > 0)
    place = field.mapTo(form, QPoint(0, 0))
    qtbot.waitUntil(lambda: "expects 99 input features" in form.problem.text())
    form.widget().layout().activate()
    assert field.mapTo(form, QPoint(0, 0)) == place  # the hand on its way there must not miss it


def test_that_a_variant_is_renamed(qtbot, form, project):
    project.selection.select(NodeAddress(0))
    assert form.variant_name.text() == "built-in"
    form.variant_name.selectAll()
    qtbot.keyClicks(form.variant_name, "mine")
    qtbot.keyClick(form.variant_name, Qt.Key.Key_Return)
    assert project.experiment.variants[0].name == "mine"


def test_that_scrolling_past_a_field_does_not_change_it(qtbot, form, project):
    from PySide6.QtCore import QPoint, QPointF
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QApplication

    show(project, "nn.Linear(10, 10)")
    box = form.rows["in_features"].field.box
    box.clearFocus()
    wheel = QWheelEvent(
        QPointF(5, 5),
        QPointF(5, 5),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(box, wheel)
    assert layer(project) == "nn.Linear(10, 10)"
