"""CheckTreeModel: the tree of checks as Qt sees it."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from gui.checks_page.check_entry import CheckEntry, Status
from gui.checks_page.check_words import name_text, note_text, status_word
from gui.theme.icons import icon
from gui.theme.theme import current_theme, theme_notifier

Index = QModelIndex | QPersistentModelIndex
NOTE_ROLE = Qt.ItemDataRole.UserRole
"""What stands at the end of the row, quieter than its name."""

# The icon, and the field of the theme that colours it.
_ICONS: dict[Status, tuple[str, str]] = {
    "pass": ("circle-check", "success"),
    "unavailable": ("minus", "muted"),
    "pending": ("ellipsis", "muted"),
    "running": ("activity", "accent"),
    "error": ("circle-alert", "error"),
    "warning": ("triangle-alert", "warning"),
    "advice": ("zap", "accent"),
}


class _Node:
    """A place in the tree; its entry is replaced by each update, the place stays."""

    def __init__(self, entry: CheckEntry, parent: _Node | None, row: int) -> None:
        self.entry = entry
        self.parent = parent
        self.row = row
        self.children = [_Node(child, self, place) for place, child in enumerate(entry.children)]

    def update(self, entry: CheckEntry) -> None:
        """Take newer entries of the same tree."""
        self.entry = entry
        for node, child in zip(self.children, entry.children, strict=True):
            node.update(child)

    def walk(self) -> Iterator[_Node]:
        """Yield all nodes below this one."""
        for child in self.children:
            yield child
            yield from child.walk()


class CheckTreeModel(QAbstractItemModel):
    """Same rows: an update changes cells only. Other rows: the tree is reset."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = _root(())
        theme_notifier().theme_changed.connect(self._tell_changed)

    def set_entries(self, entries: Sequence[CheckEntry]) -> bool:
        """Show newer entries. Returns whether the tree had to be reset."""
        if _keys(entries) != _keys(self._root.entry.children):
            self.beginResetModel()
            self._root = _root(entries)
            self.endResetModel()
            return True
        self._root.update(_root_entry(entries))
        self._tell_changed()
        return False

    def entry_at(self, index: Index) -> CheckEntry | None:
        """Return the entry of an index."""
        return self._node(index).entry if index.isValid() else None

    def index_of(self, key: Hashable) -> QModelIndex:
        """Return the index of the row with a key; an invalid one if there is none."""
        node = next((node for node in self._root.walk() if node.entry.key == key), None)
        return self.createIndex(node.row, 0, node) if node is not None else QModelIndex()

    def indexes(self) -> Iterator[tuple[QModelIndex, CheckEntry]]:
        """Yield every row's index and entry, from top to bottom."""
        for node in self._root.walk():
            yield self.createIndex(node.row, 0, node), node.entry

    def _tell_changed(self, *_: object) -> None:
        for node in (self._root, *self._root.walk()):
            if node.children:
                first, last = node.children[0], node.children[-1]
                self.dataChanged.emit(
                    self.createIndex(first.row, 0, first), self.createIndex(last.row, 0, last)
                )

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
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        return _cell(self._node(index).entry, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return what a column's head shows."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.tr("Check") if section == 0 else None

    def _node(self, index: Index) -> _Node:
        node = index.internalPointer() if index.isValid() else self._root
        assert isinstance(node, _Node)
        return node


def _cell(entry: CheckEntry, role: int) -> Any:
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return name_text(entry)
        case Qt.ItemDataRole.ToolTipRole:
            return "\n".join(filter(None, (name_text(entry), note_text(entry))))
        case Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(filter(None, (name_text(entry), status_word(entry.status), note_text(entry))))
        case role if role == NOTE_ROLE:
            return note_text(entry)
        case Qt.ItemDataRole.DecorationRole:
            name, colour = _ICONS[entry.status]
            return icon(name, getattr(current_theme(), colour))
        case Qt.ItemDataRole.ForegroundRole if entry.status in ("unavailable", "pending"):
            return QColor(current_theme().muted)
        case Qt.ItemDataRole.FontRole if entry.kind in ("variant", "advices"):
            font = QFont()
            font.setBold(True)
            return font
    return None


def _root_entry(entries: Sequence[CheckEntry]) -> CheckEntry:
    return CheckEntry(kind="variant", key=None, text="", status="pass", children=tuple(entries))


def _root(entries: Sequence[CheckEntry]) -> _Node:
    return _Node(_root_entry(entries), None, 0)


def _keys(entries: Sequence[CheckEntry]) -> list[object]:
    return [(entry.key, entry.text, _keys(entry.children)) for entry in entries]
