"""LogPanel: what the layers, and torch, printed during the run."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QToolButton, QVBoxLayout, QWidget

from gui.theme.fonts import code_font
from gui.theme.icons import set_icon

# A layer may print without end: the newest lines are kept.
LINE_LIMIT = 10_000


class LogPanel(QWidget):
    """Follows the newest line until the person scrolls up."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view = QPlainTextEdit()
        self.view.setReadOnly(True)
        self.view.setFont(code_font())
        self.view.setMaximumBlockCount(LINE_LIMIT)
        self.view.setPlaceholderText(self.tr("What the layers print appears here."))
        self.view.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self._count = QLabel()
        self._count.setProperty("muted", "true")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._buttons())
        layout.addWidget(self.view)
        self.view.blockCountChanged.connect(lambda _count: self._show_count())
        self._show_count()

    @property
    def line_count(self) -> int:
        """Lines shown."""
        return self.view.blockCount() - (1 if not self.view.document().lastBlock().text() else 0)

    def append(self, text: str) -> None:
        """Add text as it was printed, newlines and all."""
        bar = self.view.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 2
        cursor = QTextCursor(self.view.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text.replace("\r\n", "\n"))
        if follows:
            bar.setValue(bar.maximum())
        self._show_count()

    def clear(self) -> None:
        """Forget all lines."""
        self.view.clear()
        self._show_count()

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setContentsMargins(8, 3, 6, 3)
        line.addWidget(self._count)
        line.addStretch()
        copy = self._button("copy", self.tr("Copy all lines"))
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.view.toPlainText()))
        clear = self._button("trash-2", self.tr("Clear"))
        clear.clicked.connect(self.clear)
        line.addWidget(copy)
        line.addWidget(clear)
        return line

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(14, 14))
        set_icon(button, icon, "muted")
        return button

    def _show_count(self) -> None:
        self._count.setText(self.tr("%n line(s)", "", self.line_count))
