"""Whatever hands do, the rows are those of the project, and undoing everything gives it back."""

from __future__ import annotations

import random

import pytest
import shiboken6
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester

from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import walk
from gui.model_tree.model_tree_model import ModelTreeModel
from gui.model_tree.model_tree_view import ModelTreeView
from gui.model_tree.tree_editor import TreeEditor
from gui.project.selection import NodeAddress
from tests.gui.editing.fakes import experiment

BLOCK = ModelNode(
    container="residual",
    children=(
        ModelNode(layer="nn.A()"),
        ModelNode(container="parallel", children=(ModelNode(layer="nn.B()"),)),
    ),
)


def places(project) -> list[NodeAddress]:
    return [
        NodeAddress(index, position)
        for index, variant in enumerate(project.experiment.variants)
        for position, _ in walk(variant.model)
    ]


def containers(project) -> list[NodeAddress]:
    found = [NodeAddress(index) for index in range(len(project.experiment.variants))]
    for index, variant in enumerate(project.experiment.variants):
        found += [NodeAddress(index, position) for position, node in walk(variant.model) if node.container]
    return found


def rows(model, parent=None) -> list:
    parent = parent or QModelIndex()
    return [
        (model.address_of(index), index.data(), rows(model, index))
        for index in (model.index(row, 0, parent) for row in range(model.rowCount(parent)))
    ]


def edit_at_random(project, editor, chance: random.Random) -> None:
    nodes = places(project)
    project.selection.select(chance.choice(nodes) if nodes else NodeAddress(0))
    if nodes and chance.random() < 0.4:
        chosen = tuple(sorted(chance.sample(nodes, min(len(nodes), 3))))
        project.selection.select(chosen[0], chosen)
    parent = chance.choice(containers(project))
    edits = [
        lambda: editor.insert([BLOCK, ModelNode(layer="nn.C()")], (parent, 0)),
        lambda: editor.move(editor.nodes, parent, 0) if editor.nodes else None,
        editor.duplicate,
        editor.remove,
        editor.add_variant,
        editor.unwrap,
        lambda: editor.wrap("sequential"),
        lambda: editor.shift(chance.choice((-1, 1))),
        lambda: editor.set_enabled(editor.nodes, chance.random() < 0.5),
        lambda: editor.set_repeat(editor.nodes, 2),
        lambda: editor.rename(project.selection.current, chance.choice(("stem", "head", ""))),
        project.undo_stack.undo,
        project.undo_stack.redo,
    ]
    chance.choice(edits)()


@pytest.mark.parametrize("seed", range(3))
def test_that_the_rows_follow_every_edit_and_undo(qtbot, project, inspection, seed):
    project.new(experiment(BLOCK, "nn.D()"))
    before = project.experiment
    editor = TreeEditor(project)
    model = ModelTreeModel(project, inspection, editor)
    view = ModelTreeView(model, project.selection)
    qtbot.addWidget(view)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    chance = random.Random(seed)
    for _ in range(30):
        edit_at_random(project, editor, chance)
        fresh = ModelTreeModel(project, inspection, editor)
        assert rows(model) == rows(fresh)
        current = project.selection.current
        assert current is None or model.index_at(current).isValid()
        shiboken6.delete(fresh)
    while project.undo_stack.canUndo():
        project.undo_stack.undo()
    assert project.experiment == before
    assert [address for address, _, _ in rows(model)] == [NodeAddress(0)]
    del tester
