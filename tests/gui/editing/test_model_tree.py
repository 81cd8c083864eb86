from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QStyle, QStyleOptionViewItem

from engine.analysis.results import LayerRow, RunSummary, VariantSummary
from engine.experiment.experiment import Variant
from engine.experiment.model_node import ModelNode
from gui.model_tree.model_tree_panel import ModelTreePanel
from gui.model_tree.row_text import Column
from gui.project.selection import NodeAddress
from gui.theme.theme import current_theme
from tests.gui.editing.fakes import experiment


@pytest.fixture
def panel(qtbot, project, inspection):
    panel = ModelTreePanel(project, inspection)
    panel.tester = QAbstractItemModelTester(
        panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel
    )
    qtbot.addWidget(panel)
    panel.resize(420, 500)
    panel.show()
    return panel


def layers(project, variant: int = 0) -> list[str]:
    return [node.layer or node.container for node in project.experiment.variants[variant].model]


def text(panel, column: Column, *rows: int) -> str:
    return panel.model.index_at(NodeAddress(rows[0], rows[1:])).siblingAtColumn(column).data()


def drop(panel, source, action, row, parent):
    data = panel.model.mimeData([panel.model.index_at(address) for address in source])
    return panel.model.dropMimeData(data, action, row, 0, parent)


def test_that_shapes_stand_beside_the_layers(qtbot, panel, inspection, project):
    with qtbot.waitSignal(inspection.shapes_arrived):
        project.edit("Add", experiment("nn.Linear(10, 64)", "nn.Linear(64, 2)"))
    assert text(panel, Column.OUTPUT, 0, 0) == "32×64"
    assert text(panel, Column.OUTPUT, 0, 1) == "32×2"
    assert text(panel, Column.OUTPUT, 0) == "32×2"
    assert panel.problem_line.isHidden()


def test_that_an_error_is_shown_at_the_layer_that_is_wrong_and_below(qtbot, panel, inspection, project):
    with qtbot.waitSignal(inspection.shapes_arrived):
        project.edit("Add", experiment("nn.Linear(10, 64)", "nn.Linear(32, 2)"))
    assert "expects 32 input features but gets 64" in text(panel, Column.OUTPUT, 0, 1)
    index = panel.model.index_at(NodeAddress(0, (1,)))
    assert "Set in_features=64." in index.data(Qt.ItemDataRole.ToolTipRole)
    assert "Set in_features=64." in panel.problem_line.text.text()
    assert panel.problem_line.isVisible()
    panel.problem_line.text.linkActivated.emit("#")
    assert project.selection.current == NodeAddress(0, (1,))


def test_that_a_wrong_layer_is_painted_in_the_error_colour(qtbot, panel, inspection, project):
    with qtbot.waitSignal(inspection.shapes_arrived):
        project.edit("Add", experiment("nn.Linear(32, 2)"))
    rect = panel.view.visualRect(panel.model.index_at(NodeAddress(0, (0,))))
    image = panel.view.viewport().grab(rect).toImage()
    pixels = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
    assert current_theme().error in pixels


def test_that_old_shapes_stay_until_new_ones_arrive(qtbot, panel, inspection, inspector, project):
    with qtbot.waitSignal(inspection.shapes_arrived):
        project.edit("Add", experiment("nn.Linear(10, 64)", "nn.ReLU()"))
    inspector.answers_itself = False
    project.edit("Add", experiment("nn.Linear(10, 64)", "nn.ReLU()", "nn.ReLU()"))
    assert text(panel, Column.OUTPUT, 0, 0) == "32×64"
    assert text(panel, Column.OUTPUT, 0, 2) == ""


def test_that_layers_are_reordered_by_drag_and_drop(panel, project):
    assert drop(panel, [NodeAddress(0, (0,))], Qt.DropAction.MoveAction, 2, panel.model.index(0, 0))
    assert layers(project) == ["nn.ReLU()", "nn.Linear(10, 64)", "nn.Linear(64, 2)"]
    assert project.selection.current == NodeAddress(0, (1,))
    project.undo_stack.undo()
    assert layers(project) == ["nn.Linear(10, 64)", "nn.ReLU()", "nn.Linear(64, 2)"]


def test_that_dragging_with_ctrl_copies_to_another_variant(panel, project):
    panel.editor.add_variant()
    assert drop(panel, [NodeAddress(0, (1,))], Qt.DropAction.CopyAction, -1, panel.model.index(1, 0))
    assert layers(project, 0)[1] == layers(project, 1)[0] == "nn.ReLU()"


def test_that_a_layer_dropped_on_a_layer_lands_behind_it_and_on_a_container_inside(panel, project):
    project.selection.select(NodeAddress(0, (1,)))
    panel.editor.wrap("residual")
    container = panel.model.index_at(NodeAddress(0, (1,)))
    assert drop(panel, [NodeAddress(0, (0,))], Qt.DropAction.MoveAction, -1, container)
    assert layers(project) == ["residual", "nn.Linear(64, 2)"]
    inside = project.experiment.variants[0].model[0].children
    assert [node.layer for node in inside] == ["nn.ReLU()", "nn.Linear(10, 64)"]
    assert panel.view.isExpanded(panel.model.index_at(NodeAddress(0, (0,))))


def test_that_a_container_refuses_to_be_dropped_into_itself(panel, project):
    project.selection.select(NodeAddress(0, (1,)))
    panel.editor.wrap("sequential")
    data = panel.model.mimeData([panel.model.index_at(NodeAddress(0, (1,)))])
    inside = panel.model.index_at(NodeAddress(0, (1,)))
    assert not panel.model.canDropMimeData(data, Qt.DropAction.MoveAction, 0, 0, inside)
    assert not panel.model.dropMimeData(data, Qt.DropAction.MoveAction, 0, 0, inside)


def test_that_variants_are_reordered_by_drag_and_drop(panel, project):
    panel.editor.add_variant()
    panel.editor.add_variant()
    names = [variant.name for variant in project.experiment.variants]
    assert drop(panel, [NodeAddress(0)], Qt.DropAction.MoveAction, 2, QModelIndex())
    assert [v.name for v in project.experiment.variants] == [names[1], names[0], names[2]]
    assert text(panel, Column.LAYER, 1) == names[0]


def test_that_the_mouse_drags_a_layer_to_its_new_place(qtbot, panel, project):
    """The real path: press, move, and the view's own drop events."""
    from PySide6.QtGui import QDragEnterEvent, QDropEvent

    view = panel.view
    first = view.visualRect(panel.model.index_at(NodeAddress(0, (0,))))
    last = view.visualRect(panel.model.index_at(NodeAddress(0, (2,))))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=first.center())
    assert project.selection.current == NodeAddress(0, (0,))
    data = panel.model.mimeData(view.selectedIndexes())
    below = QPoint(last.center().x(), last.bottom())
    both = Qt.DropAction.MoveAction | Qt.DropAction.CopyAction
    none = Qt.KeyboardModifier.NoModifier
    left = Qt.MouseButton.LeftButton
    QApplication.sendEvent(view.viewport(), QDragEnterEvent(below, both, data, left, none))
    event = QDropEvent(below, both, data, left, none)
    event.setDropAction(Qt.DropAction.MoveAction)
    QApplication.sendEvent(view.viewport(), event)
    assert layers(project) == ["nn.ReLU()", "nn.Linear(64, 2)", "nn.Linear(10, 64)"]


def test_that_a_click_on_the_check_box_disables_the_layer(qtbot, panel, project):
    view = panel.view
    index = panel.model.index_at(NodeAddress(0, (1,)))
    option = QStyleOptionViewItem()
    view.initViewItemOption(option)
    option.rect = view.visualRect(index)
    view.itemDelegate().initStyleOption(option, index)
    box = view.style().subElementRect(QStyle.SubElement.SE_ItemViewItemCheckIndicator, option, view)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=box.center())
    assert not project.experiment.variants[0].model[1].enabled
    assert project.undo_stack.undoText() == "Disable"


def test_that_a_layer_is_renamed_in_place(qtbot, panel, project):
    project.selection.select(NodeAddress(0, (0,)))
    panel.tree_actions.rename.trigger()
    editor = panel.view.findChild(QObject, "node_name")
    qtbot.keyClicks(editor, "stem")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: project.experiment.variants[0].model[0].name == "stem")
    assert text(panel, Column.LAYER, 0, 0) == "stem"


def test_that_a_name_that_no_module_can_bear_is_refused_with_the_reason(panel, project):
    panel.model.setData(panel.model.index_at(NodeAddress(0, (0,))), "2 bad", Qt.ItemDataRole.EditRole)
    assert project.experiment.variants[0].model[0].name == ""
    assert "2 bad" in panel.problem_line.text.text()
    panel.editor.add_variant()
    assert panel.problem_line.isHidden()


def test_that_edits_keep_what_is_collapsed_and_selected(panel, project):
    project.selection.select(NodeAddress(0, (1,)))
    panel.editor.wrap("residual")
    panel.view.collapse(panel.model.index_at(NodeAddress(0, (1,))))
    project.selection.select(NodeAddress(0, (2,)))
    changed = replace(project.experiment, notes="x")
    model = list(changed.variants[0].model)
    model.insert(0, ModelNode(layer="nn.Tanh()"))
    project.edit("Add", replace(changed, variants=(replace(changed.variants[0], model=tuple(model)),)))
    assert not panel.view.isExpanded(panel.model.index_at(NodeAddress(0, (2,))))
    assert project.selection.current == NodeAddress(0, (3,))


def test_that_layers_are_copied_and_pasted_as_text(panel, project):
    project.selection.select(NodeAddress(0, (0,)), (NodeAddress(0, (0,)), NodeAddress(0, (1,))))
    panel.tree_actions.copy.trigger()
    assert QGuiApplication.clipboard().text() == "nn.Linear(10, 64)\nnn.ReLU()\n"
    panel.editor.add_variant()
    panel.tree_actions.paste.trigger()
    assert layers(project, 1) == ["nn.Linear(10, 64)", "nn.ReLU()"]


def test_that_pasting_something_else_says_what_would_work(panel, project):
    QGuiApplication.clipboard().setText("hello world")
    panel.tree_actions.paste.trigger()
    assert project.undo_stack.count() == 0
    assert "nn.Linear(10, 10)" in panel.problem_line.text.text()


def test_that_variants_are_added_duplicated_renamed_and_removed(panel, project):
    actions = panel.tree_actions
    project.selection.select(NodeAddress(0))
    actions.duplicate.trigger()
    assert [v.name for v in project.experiment.variants] == ["built-in", "built-in 2"]
    assert project.experiment.variants[1].model == project.experiment.variants[0].model
    panel.model.setData(panel.model.index(1, 0), "mine", Qt.ItemDataRole.EditRole)
    assert text(panel, Column.LAYER, 1) == "mine"
    project.selection.select(NodeAddress(0))
    actions.remove.trigger()
    assert [v.name for v in project.experiment.variants] == ["mine"]
    assert not actions.remove.isEnabled()
    for _ in range(3):
        project.undo_stack.undo()
    assert [v.name for v in project.experiment.variants] == ["built-in"]


def test_that_the_keyboard_moves_and_deletes_layers(qtbot, panel, project):
    project.selection.select(NodeAddress(0, (2,)))
    panel.tree_actions.move_up.trigger()
    assert layers(project) == ["nn.Linear(10, 64)", "nn.Linear(64, 2)", "nn.ReLU()"]
    assert project.selection.current == NodeAddress(0, (1,))
    panel.tree_actions.move_down.trigger()
    panel.tree_actions.remove.trigger()
    assert layers(project) == ["nn.Linear(10, 64)", "nn.ReLU()"]


def test_that_repeat_stands_for_copies(panel, project):
    panel.editor.set_repeat([NodeAddress(0, (0,))], 4)
    assert project.experiment.variants[0].model[0].repeat == 4


def test_that_a_model_that_could_not_be_opened_again_is_refused(panel, project):
    before = project.experiment
    panel.editor.set_repeat([NodeAddress(0, (0,))], 1_000_000)
    assert project.experiment == before
    assert "Repeat less" in panel.problem_line.text.text()


class Session(QObject):
    summary_updated = Signal()
    run_summary = None
    recording = None


class Ran:
    def __init__(self, experiment):
        self.experiment = experiment


def row(path: str, forward_us: float, backward_us: float, kind: str = "layer") -> LayerRow:
    return LayerRow(
        path=path, type="", kind=kind, forward_us=forward_us, backward_us=backward_us, kernel_count=2
    )


def test_that_a_run_puts_time_share_and_kernels_beside_each_layer(qtbot, project, inspection):
    block = ModelNode(container="residual", repeat=2, children=(ModelNode(layer="nn.Linear(10, 10)"),))
    project.new(experiment("nn.Linear(10, 10)", block))
    session = Session()
    panel = ModelTreePanel(project, inspection, session)
    qtbot.addWidget(panel)
    assert panel.view.isColumnHidden(Column.TIME)
    rows = (
        row("linear", 100, 200),
        row("residual.0.linear", 150, 150),
        row("residual.1.linear", 150, 150),
        row("", 100, 0, "unattributed"),
    )
    session.run_summary = RunSummary(
        variants=(
            VariantSummary(
                name="built-in",
                steps=None,
                windows=2,
                profiled_steps=2,
                measured_on="cpu",
                attributed_share=0.9,
                total_us=1000,
                layers=rows,
                kernels=(),
                completeness=None,
            ),
        ),
        profiling_share=0.1,
    )
    session.recording = Ran(project.experiment)
    panel.resize(600, 400)
    session.summary_updated.emit()
    assert not panel.view.isColumnHidden(Column.TIME)
    assert text(panel, Column.TIME, 0, 0) == "300 µs"
    assert text(panel, Column.SHARE, 0, 0) == "30.0 %"
    assert text(panel, Column.TIME, 0, 1) == text(panel, Column.TIME, 0, 1, 0) == "600 µs"
    assert text(panel, Column.KERNELS, 0, 1) == "4"
    assert text(panel, Column.TIME, 0) == "1.00 ms"
    # Another layer under the old name has no result; what stayed the same keeps its own.
    panel.editor.insert([ModelNode(layer="nn.ReLU()")], (NodeAddress(0), 0))
    assert text(panel, Column.TIME, 0, 0) == ""
    assert text(panel, Column.TIME, 0, 1) == "300 µs"
    assert text(panel, Column.TIME, 0) == ""
    project.new(experiment("nn.ReLU()"))
    panel.resize(200, 400)
    assert panel.view.isColumnHidden(Column.TIME)
    assert not panel.view.isColumnHidden(Column.OUTPUT)


def test_that_an_empty_model_says_what_to_do(qtbot, panel, project):
    project.new()
    panel.grab()  # paints the empty state
    project.new(replace(project.experiment, variants=(Variant(name="a", model=()),)))
    panel.grab()
    assert panel.model.problems == []
