"""The Qt model of the palette: groups, and layers in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from engine.experiment.model_node import ModelNode
from gui.model_tree.node_mime import NODES_MIME, NodeDrag, encode_drag
from gui.palette.layer_tool_tip import entry_tool_tip
from gui.palette.palette_entry import PaletteEntry, PaletteGroup
from gui.theme.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_GROUP = 0  # internal id of group rows; an entry's is its group's row + 1


class PaletteModel(QAbstractItemModel):
    """``node_of`` makes the node that dragging an entry carries."""

    def __init__(
        self, node_of: Callable[[PaletteEntry], ModelNode | None], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._node_of = node_of
        self._groups: tuple[PaletteGroup, ...] = ()

    @property
    def groups(self) -> tuple[PaletteGroup, ...]:
        return self._groups

    def show(self, groups: tuple[PaletteGroup, ...]) -> None:
        """Show other groups; nothing happens if they are the same."""
        if groups != self._groups:
            self.beginResetModel()
            self._groups = groups
            self.endResetModel()

    def entry(self, index: Index) -> PaletteEntry | None:
        """Return the entry of a row, None for a group's."""
        if not index.isValid() or index.internalId() == _GROUP:
            return None
        return self._groups[index.internalId() - 1].entries[index.row()]

    # ---- QAbstractItemModel

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else _GROUP)

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        if not index.isValid() or index.internalId() == _GROUP:
            return QModelIndex()
        return self.createIndex(index.internalId() - 1, 0, _GROUP)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        if not parent.isValid():
            return len(self._groups)
        return len(self._groups[parent.row()].entries) if parent.internalId() == _GROUP else 0

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, ARG002
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        entry = self.entry(index)
        if entry is None:
            return self._group_data(self._groups[index.row()], role)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return entry.name
            case Qt.ItemDataRole.ToolTipRole:
                return entry_tool_tip(entry)
            case Qt.ItemDataRole.ForegroundRole if entry.problem:
                return QColor(current_theme().error)
            case Qt.ItemDataRole.UserRole:
                return entry
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        entry = self.entry(index)
        if entry is not None and (entry.container or entry.layer) and not entry.problem:
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def mimeTypes(self) -> list[str]:
        return [NODES_MIME]

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        entries = (self.entry(index) for index in indexes)
        nodes = (self._node_of(entry) for entry in entries if entry is not None)
        return encode_drag(NodeDrag(nodes=tuple(node for node in nodes if node is not None)))

    def _group_data(self, group: PaletteGroup, role: int) -> Any:
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return group.title
            case Qt.ItemDataRole.FontRole:
                font = QFont()
                font.setBold(True)
                return font
        return None
