"""LayerTreeModel: the tree of layers as Qt sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from gui.layers_page.layer_columns import LayerColumn
from gui.layers_page.layer_entry import LayerEntry
from gui.tables.cells import cell, heading
from gui.tables.column import in_order
from gui.theme.layer_colours import layer_colour, unattributed_colour

Index = QModelIndex | QPersistentModelIndex


class _Node:
    """A place in the tree; its entry is replaced by each update, the place stays."""

    def __init__(self, entry: LayerEntry, parent: _Node | None) -> None:
        self.entry = entry
        self.parent = parent
        self.row = 0
        self.given = [_Node(child, self) for child in entry.children]
        self.children = list(self.given)

    def update(self, entry: LayerEntry) -> None:
        """Take newer numbers of the same tree."""
        self.entry = entry
        for node, child in zip(self.given, entry.children, strict=True):
            node.update(child)

    def walk(self) -> Iterator[_Node]:
        """Yield this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()


class LayerTreeModel(QAbstractItemModel):
    """Same layers: an update changes cells only. Other layers: the tree is reset."""

    def __init__(self, columns: Sequence[LayerColumn], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._root = _root(())
        self._sorted_by: LayerColumn | None = None
        self._is_descending = True

    # ---- content

    def set_entries(self, entries: Sequence[LayerEntry]) -> bool:
        """Show newer entries. Returns whether the tree had to be reset."""
        if _keys(entries) != _keys(self._root.entry.children):
            self.beginResetModel()
            self._root = _root(entries)
            self._arrange()
            self.endResetModel()
            return True
        self._root.update(_root_entry(entries))
        if self._sorted_by is not None:
            self._sort_anew()
        self._tell_changed()
        return False

    def entry_at(self, index: Index) -> LayerEntry | None:
        """Return the entry of an index."""
        return self._node(index).entry if index.isValid() else None

    def node_count(self) -> int:
        """How many rows the tree has in all."""
        return sum(1 for _ in self._root.walk()) - 1

    def _tell_changed(self) -> None:
        last = len(self.columns) - 1
        for node in self._root.walk():
            if node.children:
                first_index = self.createIndex(0, 0, node.children[0])
                last_index = self.createIndex(len(node.children) - 1, last, node.children[-1])
                self.dataChanged.emit(first_index, last_index)

    # ---- sorting

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort siblings by a column; -1 is the order of definition. Sums stay last."""
        self._sorted_by = self.columns[column] if 0 <= column < len(self.columns) else None
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._sort_anew()

    def _sort_anew(self) -> None:
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        nodes = [self._node(index) for index in before]
        self._arrange()
        after = [
            self.createIndex(node.row, index.column(), node)
            for node, index in zip(nodes, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        for node in list(self._root.walk()):
            sums = [child for child in node.given if child.entry.kind == "sum"]
            others = [child for child in node.given if child.entry.kind != "sum"]
            # Variants keep the order of the experiment, whatever is sorted by.
            by = None if others and others[0].entry.kind == "variant" else self._sorted_by
            # By key, not by entry: two layers may have equal numbers.
            nodes = {child.entry.key: child for child in others}
            ordered = in_order((child.entry for child in others), by, self._is_descending)
            node.children = [nodes[entry.key] for entry in ordered] + sums
            for row, child in enumerate(node.children):
                child.row = row

    # ---- Qt

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Return the index of a child."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._node(parent).children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """Return the index of the row around a row."""
        outer = self._node(index).parent if index.isValid() else None
        if outer is None or outer is self._root:
            return QModelIndex()
        return self.createIndex(outer.row, 0, outer)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows below a row."""
        return 0 if parent.column() > 0 else len(self._node(parent).children)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, ARG002
        """Return the number of columns."""
        return len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        entry = self._node(index).entry
        if role == Qt.ItemDataRole.DecorationRole:
            return _colour(entry) if index.column() == 0 else None
        if role == Qt.ItemDataRole.FontRole:
            return _font(entry)
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return entry.path or entry.name
        return cell(self.columns[index.column()], entry, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return what a column's head shows."""
        return heading(self.columns, section, orientation, role)

    def _node(self, index: Index) -> _Node:
        node = index.internalPointer() if index.isValid() else self._root
        assert isinstance(node, _Node)
        return node


def _root_entry(entries: Sequence[LayerEntry]) -> LayerEntry:
    return LayerEntry(kind="variant", variant=-1, path="", name="", children=tuple(entries))


def _root(entries: Sequence[LayerEntry]) -> _Node:
    return _Node(_root_entry(entries), None)


def _keys(entries: Sequence[LayerEntry]) -> list[object]:
    return [(entry.key, entry.type, entry.name, _keys(entry.children)) for entry in entries]


def _colour(entry: LayerEntry) -> object:
    if entry.kind == "layer":
        return layer_colour(entry.path) if entry.path else None
    return unattributed_colour() if entry.kind == "unattributed" else None


def _font(entry: LayerEntry) -> QFont | None:
    if entry.kind not in ("variant", "sum"):
        return None
    font = QFont()
    font.setBold(True)
    return font
