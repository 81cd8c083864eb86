"""The Qt model of all variants and their nodes."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from engine.experiment.experiment import Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import walk
from engine.experiment.naming import qualified_paths, with_names
from engine.wire.problem import Problem
from gui.model_tree.check_marks import CheckedModels, check_marks
from gui.model_tree.node_mime import NODES_MIME, NodeDrag, decode_drag, encode_drag
from gui.model_tree.node_tool_tip import tool_tip
from gui.model_tree.row_text import Column, row_text
from gui.model_tree.run_results import variant_results
from gui.model_tree.tree_editor import TreeEditor
from gui.model_tree.tree_item import TreeItem, alignment
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.project.selection import NodeAddress

Index = QModelIndex | QPersistentModelIndex


# Put together once: a view asks for flags thousands of times.
_ROW = (
    Qt.ItemFlag.ItemIsEnabled
    | Qt.ItemFlag.ItemIsSelectable
    | Qt.ItemFlag.ItemIsDragEnabled
    | Qt.ItemFlag.ItemIsDropEnabled
)
_NAME = _ROW | Qt.ItemFlag.ItemIsEditable
_NODE = _NAME | Qt.ItemFlag.ItemIsUserCheckable


class Role(IntEnum):
    ITEM = Qt.ItemDataRole.UserRole
    PROBLEM = Qt.ItemDataRole.UserRole + 1
    """A `Problem` of this very row, or None."""


class ModelTreeModel(QAbstractItemModel):
    """Variants as roots, their nodes below. Follows the project row by row.

    Edits come in through the project and change only the rows they touch, so that a view keeps
    what is expanded and selected. Shapes stay until newer ones arrive: nothing flickers.
    """

    followed = Signal()
    """The rows are those of the project again, all of them."""
    told = Signal()
    """Shapes, problems or results may be others: once for each change, where dataChanged is many."""

    def __init__(
        self, project: Project, inspection: Inspection, editor: TreeEditor, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._inspection = inspection
        self._editor = editor
        self._root = TreeItem(None, ModelNode())
        self._items: dict[int, TreeItem] = {}
        self._results_of: Any = None
        self._checks: CheckedModels | None = None
        self.is_following = False
        self.follow_project()
        project.changed.connect(self.follow_project)
        inspection.shapes_arrived.connect(self._show_shapes)

    # ---- following the project, the shapes and the runs

    def follow_project(self) -> None:
        """Make the rows those of the project as it is now."""
        variants = self._project.experiment.variants
        self.is_following = True
        # What a variant shows as a node is its name and its model, nothing else.
        self._align(self._root, [_as_node(variant) for variant in variants])
        for item, variant in zip(self._root.children, variants, strict=True):
            self._name(item, with_names(variant))
        self._read_shapes()
        self._read_results()
        self._read_faults()
        self.is_following = False
        self._tell_changed(self._root)
        self.followed.emit()
        self.told.emit()

    def show_results(self, session: Any) -> None:
        """Show the costs of a `gui.run.run_session.RunSession`'s latest summary, if it has one."""
        self._results_of = session
        self._read_results()
        self._tell_changed(self._root)

    def show_checks(self, checks: CheckedModels) -> None:
        """Mark the nodes that checks found fault with."""
        self._checks = checks
        self._read_faults()
        self._tell_changed(self._root)

    @property
    def has_results(self) -> bool:
        return any(item.result is not None for item in self._root.walk())

    @property
    def problems(self) -> list[tuple[NodeAddress, Problem]]:
        """All problems in tree order, with the row that each is shown at."""
        found = ((item, self._problem(item)) for item in self._root.walk())
        return [(item.address, problem) for item, problem in found if problem is not None]

    def _show_shapes(self, variant: int) -> None:
        self._read_shapes()
        if variant < len(self._root.children):
            item = self._root.children[variant]
            self._tell_rows_changed(item, item)
            self._tell_changed(item)
        self.told.emit()

    def _read_shapes(self) -> None:
        for row, variant in enumerate(self._root.children):
            if not self._inspection.is_current(row):
                continue
            report = self._inspection.shapes[row]
            shapes = {shape.position: shape for shape in report.nodes}
            for position, item in variant.positions():
                item.shape = shapes.get(position)

    def _read_results(self) -> None:
        session = self._results_of
        summary = session.run_summary if session is not None else None
        recording = session.recording if session is not None else None
        for item in self._root.walk():
            item.result = None
        if summary is None or recording is None:
            return
        for item, variant in zip(self._root.children, self._project.experiment.variants, strict=True):
            item.result, results = variant_results(summary, recording.experiment, variant)
            for position, below in item.positions():
                below.result = results.get(position)

    def _read_faults(self) -> None:
        for item, variant in zip(self._root.children, self._project.experiment.variants, strict=True):
            marks = check_marks(self._checks, variant)
            item.faults = marks.get((), ())
            for position, below in item.positions():
                below.faults = marks.get(position, ())

    # ---- rows

    def _align(self, parent: TreeItem, nodes: list[ModelNode]) -> None:
        steps = alignment([child.node for child in parent.children], nodes)
        index = self._index_of(parent)
        shift = 0  # how far rows have moved by the steps already taken
        for kind, old_start, old_end, new_start, new_end in steps:
            start = old_start + shift
            if kind == "remove":
                self.beginRemoveRows(index, start, start + old_end - old_start - 1)
                self._forget(parent.children[start : start + old_end - old_start])
                del parent.children[start : start + old_end - old_start]
                self.endRemoveRows()
                shift -= old_end - old_start
            elif kind == "insert":
                count = new_end - new_start
                self.beginInsertRows(index, start, start + count - 1)
                parent.children[start:start] = [self._new_item(parent, n) for n in nodes[new_start:new_end]]
                self.endInsertRows()
                shift += count
        for child, node in zip(parent.children, nodes, strict=True):
            if child.node is not node:
                child.node = node
                self._align(child, list(node.children))

    def _name(self, item: TreeItem, named: Variant) -> None:
        item.name = named.name
        paths = qualified_paths(named)
        nodes = dict(walk(named.model))
        for position, below in item.positions():
            below.name = nodes[position].name
            below.path = next(iter(paths.get(position, ())), "")

    def _new_item(self, parent: TreeItem, node: ModelNode) -> TreeItem:
        item = TreeItem(parent, node)
        self._items[item.id] = item
        item.children = [self._new_item(item, child) for child in node.children]
        return item

    def _forget(self, items: Sequence[TreeItem]) -> None:
        for item in items:
            for gone in (item, *item.walk()):
                del self._items[gone.id]

    def _tell_changed(self, parent: TreeItem) -> None:
        if parent.children:
            self._tell_rows_changed(parent.children[0], parent.children[-1])
        for child in parent.children:
            self._tell_changed(child)

    def _tell_rows_changed(self, first: TreeItem, last: TreeItem) -> None:
        self.dataChanged.emit(self._index_of(first), self._index_of(last, max(Column)))

    # ---- addresses

    def index_at(self, address: NodeAddress) -> QModelIndex:
        """Return the index of a place in the project; an invalid one if nothing is there."""
        item = self._root
        for row in (address.variant, *address.position):
            if row >= len(item.children):
                return QModelIndex()
            item = item.children[row]
        return self._index_of(item)

    def address_of(self, index: Index) -> NodeAddress | None:
        """Return the place that an index shows."""
        return self._item(index).address if index.isValid() else None

    def _index_of(self, item: TreeItem, column: int = 0) -> QModelIndex:
        return self.createIndex(item.row, column, item.id) if item.parent else QModelIndex()

    def _item(self, index: Index) -> TreeItem:
        return self._items[index.internalId()] if index.isValid() else self._root

    # ---- QAbstractItemModel

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._item(parent).children[row].id)

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        item = self._item(index)
        return self._index_of(item.parent) if item.parent else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return len(self._item(parent).children) if parent.column() <= 0 else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, ARG002
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole and section >= Column.TIME:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole and section >= Column.TIME:
            return self.tr("Of the last run, per step; what is inside a layer is included")
        if role == Qt.ItemDataRole.DisplayRole:
            titles = (
                self.tr("Layer"),
                self.tr("Output"),
                self.tr("Time"),
                self.tr("Share"),
                self.tr("Kernels"),
            )
            return titles[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        item = self._item(index)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                problem = self._problem(item)
                return row_text(item, Column(index.column()), problem, self._project.experiment.plan.dtype)
            case Qt.ItemDataRole.EditRole:
                return item.name
            case Qt.ItemDataRole.ToolTipRole:
                return tool_tip(item, self._problem(item))
            case Qt.ItemDataRole.CheckStateRole if index.column() == Column.LAYER and not item.is_variant:
                return Qt.CheckState.Checked if item.node.enabled else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.TextAlignmentRole if index.column() >= Column.TIME:
                return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            case Role.ITEM:
                return item
            case Role.PROBLEM:
                return self._problem(item)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if not index.isValid():
            return False
        address = self._item(index).address
        if role == Qt.ItemDataRole.CheckStateRole and address.position:
            self._editor.set_enabled((address,), Qt.CheckState(value) == Qt.CheckState.Checked)
            return True
        if role == Qt.ItemDataRole.EditRole:
            return str(value) == self._item(index).name or self._editor.rename(address, str(value))
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.ItemIsDropEnabled
        if index.column() != Column.LAYER:
            return _ROW
        return _NAME if self._item(index).is_variant else _NODE

    # ---- drag and drop

    def mimeTypes(self) -> list[str]:
        return [NODES_MIME]

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction | Qt.DropAction.MoveAction

    def supportedDropActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction | Qt.DropAction.MoveAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        addresses = tuple(sorted({self._item(index).address for index in indexes}))
        nodes = self._editor.outermost_nodes(addresses)
        return encode_drag(NodeDrag(nodes=nodes, addresses=addresses, project=id(self._project)))

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        drag = decode_drag(data)
        if drag is None:
            return False
        if drag.variants(self._project):
            return not parent.isValid()
        is_move = action == Qt.DropAction.MoveAction and drag.project == id(self._project)
        return not (is_move and drag.is_over_itself(self._drop_place(row, parent)[0]))

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, _column: int, parent: Index
    ) -> bool:
        drag = decode_drag(data)
        if drag is None or not self.canDropMimeData(data, action, row, _column, parent):
            return False
        if variants := drag.variants(self._project):
            gap = row if row >= 0 else len(self._root.children)
            # The variant leaves its own place first: gaps behind it move up.
            self._editor.move_variant(variants[0], gap - 1 if gap > variants[0] else gap)
            return True
        place, index = self._drop_place(row, parent)
        if action == Qt.DropAction.MoveAction and drag.project == id(self._project) and drag.addresses:
            return self._editor.move(drag.addresses, place, index)
        self._editor.insert(drag.nodes, (place, index))
        return True

    def _drop_place(self, row: int, parent: Index) -> tuple[NodeAddress, int]:
        """Return the container and the index that a drop means."""
        item = self._item(parent)
        if item is self._root:
            # Between variants or below the last one: the end of the variant above.
            last = len(self._root.children) - 1
            item = self._root.children[min(max(row - 1, 0), last) if row >= 0 else last]
            return item.address, len(item.children)
        if row >= 0:
            return item.address, row
        if item.is_variant or item.node.container:
            return item.address, len(item.children)
        address = item.address
        return NodeAddress(address.variant, address.position[:-1]), address.position[-1] + 1

    # ---- what rows say

    def _problem(self, item: TreeItem) -> Problem | None:
        if not item.is_variant:
            return item.shape.problem if item.shape and item.node.enabled else None
        row = item.row
        if not self._inspection.is_current(row) or not item.children:
            return None
        return self._inspection.shapes[row].problem


def _as_node(variant: Variant) -> ModelNode:
    return ModelNode(container="sequential", name=variant.name, children=variant.model)
