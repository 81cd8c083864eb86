from __future__ import annotations

from dataclasses import replace

import pytest

from engine.experiment.input_spec import InputSpec
from engine.wire.problem import ProblemError
from gui.inputs.inputs_editor import InputsEditor
from gui.inputs.shape_text import format_shape, parse_shape


@pytest.fixture
def editor(qtbot, project):
    editor = InputsEditor(project)
    qtbot.addWidget(editor)
    editor.resize(420, 300)
    editor.show()
    return editor


def choose(box, value):
    box.show_value(value)
    box.chosen.emit(value)


@pytest.mark.parametrize("text", ["32x10", "32 × 10", "32,10", "(32, 10)", "32 10", "32*10"])
def test_that_a_shape_is_read_in_every_common_spelling(text):
    assert parse_shape(text) == (32, 10)


@pytest.mark.parametrize("shape", [(32, 10), (1,), (), (2, 3, 4, 5)])
def test_that_a_shape_reads_back_as_written(shape):
    assert parse_shape(format_shape(shape)) == shape


@pytest.mark.parametrize("text", ["", "32x", "axb", "-1x3", "1.5"])
def test_that_text_that_is_no_shape_says_what_is(text):
    with pytest.raises(ProblemError, match="32x10"):
        parse_shape(text)


def test_that_typing_a_shape_is_one_step_of_undo(qtbot, editor, project):
    line = editor.rows[0].shape
    assert line.text() == "32x10"
    line.selectAll()
    qtbot.keyClicks(line, "64x128")
    assert line.text() == "64x128"
    assert project.experiment.inputs[0].shape == (64, 128)
    assert project.undo_stack.count() == 1
    project.undo_stack.undo()
    assert line.text() == "32x10"


def test_that_a_wrong_shape_is_told_in_place_and_kept_to_be_mended(qtbot, editor, project):
    row = editor.rows[0]
    row.shape.selectAll()
    qtbot.keyClicks(row.shape, "64xa")
    assert "not a shape" in row.problem.text()
    assert row.shape.property("invalid") is True
    assert row.shape.text() == "64xa"
    assert project.experiment.inputs[0].shape == (64,)
    row.shape.selectAll()
    qtbot.keyClicks(row.shape, "7")
    assert row.problem.isHidden()


def test_that_integers_get_a_limit_and_lose_it_again(editor, project):
    row = editor.rows[0]
    assert not row.below.isVisible()
    choose(row.distribution, "integers")
    assert project.experiment.inputs[0] == InputSpec(shape=(32, 10), distribution="integers", below=10)
    row.below.setValue(1000)
    assert project.experiment.inputs[0].below == 1000
    choose(row.distribution, "normal")
    assert project.experiment.inputs[0] == InputSpec(shape=(32, 10))


def test_that_an_integer_dtype_gets_integers(editor, project):
    choose(editor.rows[0].dtype, "bool")
    spec = project.experiment.inputs[0]
    assert (spec.dtype, spec.distribution, spec.below) == ("bool", "integers", 2)
    choose(editor.rows[0].distribution, "uniform")
    assert project.experiment.inputs[0].dtype is None


def test_that_a_limit_that_the_dtype_cannot_hold_is_told_and_not_kept(editor, project):
    choose(editor.rows[0].dtype, "int8")
    editor.rows[0].below.setValue(1000)
    assert "Write at most 128" in editor.rows[0].problem.text()
    assert project.experiment.inputs[0].below == 10


def test_that_inputs_are_added_and_removed(editor, project):
    assert not editor.rows[0].remove_button.isEnabled()
    editor.add_button.click()
    editor.add_button.click()
    assert len(editor.rows) == len(project.experiment.inputs) == 3
    project.edit(
        "Different",
        replace(project.experiment, inputs=(InputSpec(shape=(1,)), *project.experiment.inputs[1:])),
    )
    editor.rows[0].remove_button.click()
    assert [spec.shape for spec in project.experiment.inputs] == [(32, 10), (32, 10)]
    assert [row.shape.text() for row in editor.rows] == ["32x10", "32x10"]
