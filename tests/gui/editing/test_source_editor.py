from __future__ import annotations

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtTest import QTest

from engine.experiment.model_node import ModelNode
from engine.host.inspection import CatalogLayer
from engine.wire.problem import Problem, ProblemError
from gui.project.selection import NodeAddress
from gui.source_editor.code_edit import CodeEdit
from gui.source_editor.file_page import FilePage
from gui.source_editor.python_file import PythonFile, read_file, syntax_problem, write_file
from gui.source_editor.source_editor import SourceEditor
from gui.theme.theme import current_theme
from tests.gui.editing.fakes import LINEAR, experiment

SOURCE = '''\
"""Layers
in a doc string."""
from torch import nn


class Mine(nn.Module):
    def forward(self, x):
        return x  # as it is
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "layers.py"
    path.write_text(SOURCE)
    return path


@pytest.fixture
def editor(qtbot, project, inspection, inspector, file):
    mine = CatalogLayer(target=f"{file}:Mine", name="Mine", category="layers.py", file=str(file), line=6)
    inspector.layers[file] = (mine,)
    project.new(
        experiment("nn.Linear(10, 10)", "layers.py:Mine()", files=("layers.py",)), base_directory=file.parent
    )
    editor = SourceEditor(project, inspection)
    qtbot.addWidget(editor)
    editor.resize(600, 500)
    editor.show()
    with qtbot.waitSignal(inspection.catalog_arrived):
        inspection.refresh()
    yield editor
    for page in editor.pages:
        page.close_page()


def colour_at(edit: CodeEdit, line: int, column: int) -> str:
    block = edit.document().findBlockByNumber(line)
    for part in block.layout().formats():
        if part.start <= column < part.start + part.length:
            return part.format.foreground().color().name()
    return ""


def test_that_selecting_a_custom_layer_opens_its_file_at_its_class(editor, project):
    project.selection.select(NodeAddress(0, (1,)))
    page = editor.currentWidget()
    assert isinstance(page, FilePage)
    assert page.editor.toPlainText() == SOURCE
    assert page.editor.textCursor().blockNumber() + 1 == 6


def test_that_selecting_a_built_in_layer_shows_its_source_to_read(editor, project):
    project.selection.select(NodeAddress(0, (0,)))
    assert editor.currentWidget() is editor.view
    assert editor.view.isReadOnly()
    assert editor.tabText(0) == "Linear"
    assert "affine linear transformation" in editor.view.toPlainText()


def test_that_torch_sources_are_found_without_importing_torch():
    from gui.source_editor.torch_source import built_in_source

    # Other tests of this process may have imported torch themselves.
    was_imported = "torch" in sys.modules
    text = built_in_source(LINEAR, sys.executable)
    assert "class Linear(Module):" in text
    assert "torch/nn/modules/linear.py, line " in text
    assert ("torch" in sys.modules) == was_imported
    elsewhere = built_in_source(LINEAR, "/another/python")
    assert elsewhere.startswith("Linear(in_features, out_features, bias=True")


def test_that_a_variant_is_shown_as_the_python_of_its_model(editor, project):
    project.selection.select(NodeAddress(0))
    text = editor.view.toPlainText()
    compile(text, "model", "exec")
    assert "nn.Linear(10, 10)" in text
    project.edit("Change", experiment(ModelNode(layer="nn.Tanh()")))
    assert "nn.Tanh()" in editor.view.toPlainText()


def test_that_saving_writes_the_file_and_inspects_it_again(qtbot, editor, project, inspection, file):
    page = editor.open_file(file)
    page.editor.moveCursor(QTextCursor.MoveOperation.End)
    QTest.keyClicks(page.editor, "# more")
    assert editor.unsaved_files == [file]
    assert editor.tabText(1) == "layers.py •"
    assert editor.save_action.isEnabled()
    with qtbot.waitSignals([editor.file_saved, inspection.catalog_arrived]):
        QTest.keyClick(page.editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert file.read_text() == SOURCE + "# more"
    assert editor.unsaved_files == []
    assert editor.tabText(1) == "layers.py"


def test_that_unsaved_text_stays_when_the_selection_moves_on(qtbot, editor, project, file):
    project.selection.select(NodeAddress(0, (1,)))
    page = editor.currentWidget()
    QTest.keyClicks(page.editor, "# mine ")
    project.selection.select(NodeAddress(0, (0,)))
    assert editor.currentWidget() is editor.view
    project.selection.select(NodeAddress(0, (1,)))
    assert editor.currentWidget() is page
    assert "# mine" in page.editor.toPlainText()


def test_that_a_syntax_error_is_marked_at_its_line_while_typing(qtbot, editor, file):
    page = editor.open_file(file, 8)
    page.editor.moveCursor(QTextCursor.MoveOperation.EndOfLine)
    page.editor.moveCursor(QTextCursor.MoveOperation.StartOfLine)
    QTest.keyClicks(page.editor, "def (")
    qtbot.waitUntil(lambda: page.editor.error_line == 8)
    assert page.message.text().startswith("Line 8: ")
    for _ in range(5):
        QTest.keyClick(page.editor, Qt.Key.Key_Backspace)
    qtbot.waitUntil(lambda: page.editor.error_line == 0)
    assert page.message.isHidden()


def test_that_what_a_worker_says_of_a_file_is_shown_in_it(qtbot, editor, inspection, inspector, file):
    page = editor.open_file(file)
    inspector.problems[file] = Problem("name 'torc' is not defined.", f"{file}:3", "Import it.")
    with qtbot.waitSignal(inspection.catalog_arrived):
        inspection.refresh()
    assert page.editor.error_line == 3
    assert "torc" in page.message.text()


def test_that_a_file_changed_elsewhere_is_taken_if_nothing_is_lost(qtbot, editor, file):
    page = editor.open_file(file)
    file.write_text("x = 1\n")
    qtbot.waitUntil(lambda: page.editor.toPlainText() == "x = 1\n")
    QTest.keyClicks(page.editor, "# mine")
    file.write_text("x = 2\n")
    qtbot.waitUntil(page.reload_bar.isVisible)
    assert "# mine" in page.editor.toPlainText()
    page.reload()
    assert page.editor.toPlainText() == "x = 2\n"
    assert page.reload_bar.isHidden()


def test_that_a_file_that_cannot_be_read_is_told(qtbot, editor, tmp_path):
    with qtbot.waitSignal(editor.failed) as failed:
        assert editor.open_file(tmp_path / "gone.py") is None
    assert "gone.py" in failed.args[0].what


def test_that_a_new_layer_becomes_a_file_of_the_project(qtbot, editor, project, tmp_path):
    editor.create_layer(tmp_path / "my_gate.py")
    assert project.experiment.files == ("layers.py", "my_gate.py")
    source = (tmp_path / "my_gate.py").read_text()
    assert "class MyGate(nn.Module):" in source
    compile(source, "my_gate.py", "exec")
    assert editor.currentWidget().path == tmp_path / "my_gate.py"


def test_that_completion_offers_what_python_knows(qtbot, editor, tmp_path):
    path = tmp_path / "short.py"
    path.write_text("import collections\ncollections.Order")
    page = editor.open_file(path)
    editor.activateWindow()
    page.editor.setFocus()
    page.editor.moveCursor(QTextCursor.MoveOperation.End)
    with qtbot.waitSignal(page._completion.completed, timeout=30_000) as completed:
        QTest.keyClick(page.editor, Qt.Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert "OrderedDict" in completed.args[0]
    page.editor.insert_completion("OrderedDict")
    assert page.editor.toPlainText().endswith("collections.OrderedDict")


def test_that_find_goes_around_the_end_and_counts(qtbot, editor, file):
    page = editor.open_file(file)
    QTest.keyClick(page.editor, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    assert page.find_bar.isVisible()
    qtbot.keyClicks(page.find_bar.line, "mine")
    assert page.editor.textCursor().selectedText() == "Mine"
    assert page.find_bar.count.text() == "1 found"
    first = page.editor.textCursor().position()
    assert page.find_bar.search(True)
    assert page.editor.textCursor().position() == first
    qtbot.keyClicks(page.find_bar.line, "zzz")
    assert page.find_bar.line.property("invalid") is True
    qtbot.keyClick(page.find_bar.line, Qt.Key.Key_Escape)
    assert page.find_bar.isHidden()


def test_that_python_is_coloured_also_inside_long_strings(qtbot, editor, file):
    edit = editor.open_file(file).editor
    theme = current_theme()
    assert colour_at(edit, 0, 4) == colour_at(edit, 1, 4) == theme.success
    assert colour_at(edit, 2, 0) == theme.accent
    assert colour_at(edit, 7, 20) == theme.muted


def test_that_return_keeps_and_deepens_the_indentation(qtbot):
    edit = CodeEdit()
    qtbot.addWidget(edit)
    QTest.keyClicks(edit, "def f():")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    QTest.keyClicks(edit, "pass")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert edit.toPlainText() == "def f():\n    pass\n    "
    QTest.keyClick(edit, Qt.Key.Key_Backspace)
    assert edit.toPlainText() == "def f():\n    pass\n"


def test_that_lines_are_commented_and_back(qtbot):
    edit = CodeEdit()
    qtbot.addWidget(edit)
    edit.setPlainText("a = 1\n\nb = 2")
    edit.selectAll()
    QTest.keyClick(edit, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert edit.toPlainText() == "# a = 1\n\n# b = 2"
    QTest.keyClick(edit, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert edit.toPlainText() == "a = 1\n\nb = 2"


def test_that_encoding_and_line_ends_survive_saving(tmp_path):
    path = tmp_path / "old.py"
    path.write_bytes("# -*- coding: latin-1 -*-\r\nx = 'ä'\r\n".encode("latin-1"))
    file = read_file(path)
    assert file.text == "# -*- coding: latin-1 -*-\nx = 'ä'\n"
    write_file(file)
    assert path.read_bytes() == "# -*- coding: latin-1 -*-\r\nx = 'ä'\r\n".encode("latin-1")


def test_that_saving_where_one_may_not_says_so_and_leaves_nothing(tmp_path):
    with pytest.raises(ProblemError, match="can't be saved"):
        write_file(PythonFile(tmp_path / "no folder" / "a.py", "x = 1"))
    assert list(tmp_path.iterdir()) == []


def test_that_a_syntax_problem_names_file_and_line(tmp_path):
    problem = syntax_problem(PythonFile(tmp_path / "a.py", "x = 1\ny = = 2\n"))
    assert problem.where == f"{tmp_path / 'a.py'}:2"
    assert syntax_problem(PythonFile(tmp_path / "a.py", "x = 1\n")) is None
