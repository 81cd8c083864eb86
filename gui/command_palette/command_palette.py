"""CommandPalette: every command by typing a few letters of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.actions.action_list import ActionList, plain_text
from gui.command_palette.command_delegate import CATEGORY, HOTKEY, MATCHES, ROW_HEIGHT, CommandDelegate
from gui.command_palette.fuzzy import match

_ACTION = Qt.ItemDataRole.UserRole


class CommandPalette(QDialog):
    """A field and the commands that match it, best first. Enter runs the current one."""

    def __init__(self, actions: ActionList, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._actions = actions
        self.field = QLineEdit()
        self.field.setPlaceholderText(self.tr("Type a command"))
        self.field.setAccessibleName(self.tr("Command"))
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(CommandDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setUniformItemSizes(True)
        self.list.setFrameShape(QListWidget.Shape.NoFrame)
        self.list.itemClicked.connect(self._run)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.field)
        layout.addWidget(self.list)
        self._filter("")

    def open_over(self, window: QWidget) -> None:
        """Show the palette at the top of ``window``, empty and ready to type."""
        self.setFixedWidth(min(620, window.width() - 40))
        corner = window.mapToGlobal(window.rect().topLeft())
        self.move(corner.x() + (window.width() - self.width()) // 2, corner.y() + 72)
        self.field.clear()
        self._filter("")
        self.show()
        self.field.setFocus()

    @property
    def commands(self) -> list[str]:
        """The commands that match now, best first."""
        return [self.list.item(row).text() for row in range(self.list.count())]

    def _filter(self, query: str) -> None:
        rows: list[tuple[int, int, str, QAction, tuple[int, ...]]] = []
        for category, action in self._actions:
            if not action.isEnabled() or not action.text():
                continue
            text = plain_text(action)
            found = match(query, text) or _looser(query, category, text)
            if found is not None:
                rows.append((-found[0], len(rows), category, action, found[1]))
        self.list.clear()
        for _score, _order, category, action, positions in sorted(rows, key=lambda row: row[:2]):
            self.list.addItem(_item(category, action, positions))
        self.list.setCurrentRow(0)
        self._fit_height()

    def _fit_height(self) -> None:
        """Be as high as the commands that match, within limits."""
        parent = self.parentWidget()
        most = min(460, parent.height() - 120) if parent else 460
        rows = max(1, self.list.count()) * ROW_HEIGHT
        self.setFixedHeight(max(90, min(most, rows + self.field.sizeHint().height() + 36)))

    def _run(self, item: QListWidgetItem | None) -> None:
        self.hide()
        if item is not None:
            item.data(_ACTION).trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list while typing in the field."""
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
            key = Qt.Key(event.key())
            if key in steps:
                row = self.list.currentRow() + steps[key]
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
                return True
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)


def _looser(query: str, category: str, text: str) -> tuple[int, tuple[int, ...]] | None:
    """Match the category too: "file save" finds Save. Such matches come last and mark nothing."""
    found = match(query, f"{category} {text}")
    return (found[0] - 100, ()) if found else None


def _item(category: str, action: QAction, positions: tuple[int, ...]) -> QListWidgetItem:
    item = QListWidgetItem(action.icon(), plain_text(action))
    item.setData(_ACTION, action)
    item.setData(CATEGORY, category)
    item.setData(HOTKEY, action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
    item.setData(MATCHES, positions)
    return item
