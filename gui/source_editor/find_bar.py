"""Find in the source."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPlainTextEdit, QToolButton, QWidget

from gui.fields.property_style import set_style_property
from gui.theme.icons import set_icon


class FindBar(QWidget):
    """Searches as one types, around the end; Return is next, Shift+Return previous, Escape closes."""

    def __init__(self, editor: QPlainTextEdit, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor = editor
        self.line = QLineEdit(self)
        self.count = QLabel(self)
        self.previous = self._button("chevron-up", self.tr("Previous (Shift+Return)"))
        self.next = self._button("chevron-down", self.tr("Next (Return)"))
        close = self._button("x", self.tr("Close (Escape)"))
        self.line.setPlaceholderText(self.tr("Find"))
        self.line.installEventFilter(self)
        self.line.textEdited.connect(self._search_anew)
        self.next.clicked.connect(lambda: self.search(True))
        self.previous.clicked.connect(lambda: self.search(False))
        close.clicked.connect(self.close_bar)
        self.count.setProperty("muted", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addWidget(self.line, 1)
        for widget in (self.count, self.previous, self.next, close):
            layout.addWidget(widget)
        self.hide()

    def open_bar(self) -> None:
        """Show the bar with what is selected in the editor."""
        selected = self._editor.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self.line.setText(selected)
        self.show()
        self.line.setFocus()
        self.line.selectAll()
        self._show_count()

    def close_bar(self) -> None:
        """Hide the bar; the keyboard goes back to the source."""
        self.hide()
        self._editor.setFocus()

    def search(self, forward: bool) -> bool:
        """Select the next or previous place; around the end."""
        text = self.line.text()
        if not text:
            return False
        flag = QTextDocument.FindFlag(0) if forward else QTextDocument.FindFlag.FindBackward
        found = self._editor.find(text, flag)
        if not found:
            cursor = self._editor.textCursor()
            edge = QTextCursor.MoveOperation.Start if forward else QTextCursor.MoveOperation.End
            before = QTextCursor(cursor)
            cursor.movePosition(edge)
            self._editor.setTextCursor(cursor)
            found = self._editor.find(text, flag)
            if not found:
                self._editor.setTextCursor(before)
        self._show_count()
        return found

    def _search_anew(self) -> None:
        cursor = self._editor.textCursor()
        cursor.setPosition(cursor.selectionStart())
        self._editor.setTextCursor(cursor)
        self.search(True)
        self._show_count()

    def _show_count(self) -> None:
        text = self.line.text()
        count = self._editor.toPlainText().casefold().count(text.casefold()) if text else 0
        self.count.setText(self.tr("{} found").format(count) if text else "")
        set_style_property(self.line, "invalid", bool(text) and not count)

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton(self)
        set_icon(button, icon)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setAutoRaise(True)
        return button

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                    self.search(not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                    return True
                case Qt.Key.Key_Escape:
                    self.close_bar()
                    return True
        return super().eventFilter(watched, event)
