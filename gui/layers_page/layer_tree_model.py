"""LayerTreeModel: the tree of layers as Qt sees it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from gui.layers_page.layer_columns import LayerColumn
from gui.layers_page.layer_entry import LayerEntry
from gui.tables.cells import cell, heading, look
from gui.tables.column import in_order
from gui.tables.roles import LOOK_ROLE
from gui.theme.layer_colours import layer_colour, unattributed_colour

Index = QModelIndex | QPersistentModelIndex


class _Node:
    """A place in the tree; its entry is replaced by each update, the place stays."""

    def __init__(self, entry: LayerEntry, parent: _Node | None) -> None:
        self.entry = entry
        self.parent = parent
        self.row = 0
        self.given = [_Node(child, self) for child in entry.children]
        self.children: list[_Node] = []
        self.arrange(self.given)

    def arrange(self, children: list[_Node]) -> None:
        """Put the rows below into another order."""
        self.children = list(children)
        for row, child in enumerate(children):
            child.row = row

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
            for node, children in list(self._arranged()):
                node.arrange(children)
            self.endResetModel()
            return True
        self._root.update(_root_entry(entries))
        if self._sorted_by is not None:
            self._sort_anew()
        # For the outermost rows only: a view works 1.5 ms on each such signal, and a large model has
        # hundreds of blocks. Whoever shows the tree repaints it as a whole after an update.
        if entries:
            last = self.index(len(entries) - 1, len(self.columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
        return False

    def entry_at(self, index: Index) -> LayerEntry | None:
        """Return the entry of an index."""
        return self._node(index).entry if index.isValid() else None

    def node_count(self) -> int:
        """How many rows the tree has in all."""
        return sum(1 for _ in self._root.walk()) - 1

    # ---- sorting

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort siblings by a column; -1 is the order of definition. Sums stay last."""
        self._sorted_by = self.columns[column] if 0 <= column < len(self.columns) else None
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._sort_anew()

    def _sort_anew(self) -> None:
        moved = [(node, children) for node, children in self._arranged() if children != node.children]
        if not moved:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        nodes = [self._node(index) for index in before]
        for node, children in moved:
            node.arrange(children)
        after = [
            self.createIndex(node.row, index.column(), node)
            for node, index in zip(nodes, before, strict=True)
        ]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _arranged(self) -> Iterator[tuple[_Node, list[_Node]]]:
        """Yield every row with those below it in the order wanted."""
        for node in self._root.walk():
            sums = [child for child in node.given if child.entry.kind == "sum"]
            others = [child for child in node.given if child.entry.kind != "sum"]
            # Variants keep the order of the experiment, whatever is sorted by.
            if self._sorted_by is not None and others and others[0].entry.kind != "variant":
                # By key, not by entry: two layers may have equal numbers.
                nodes = {child.entry.key: child for child in others}
                ordered = in_order((child.entry for child in others), self._sorted_by, self._is_descending)
                others = [nodes[entry.key] for entry in ordered]
            yield node, others + sums

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
        if role == LOOK_ROLE:
            chip = _colour(entry) if index.column() == 0 else None
            return look(self.columns[index.column()], entry, chip, entry.kind in ("variant", "sum"))
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 0:
            return "\n".join(filter(None, (entry.path or entry.name, entry.region)))
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


def _colour(entry: LayerEntry) -> QColor | None:
    if entry.kind == "layer":
        return layer_colour(entry.path) if entry.path else None
    return unattributed_colour() if entry.kind == "unattributed" else None
