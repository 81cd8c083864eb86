"""The margin of the editor: line numbers, and a mark at the line that is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.theme.theme import current_theme

if TYPE_CHECKING:
    from gui.source_editor.code_edit import CodeEdit

_PADDING = 8


class LineNumbers(QWidget):
    """Drawn by the side of a `CodeEdit`, which tells it where the lines are."""

    def __init__(self, editor: CodeEdit) -> None:
        super().__init__(editor)
        self._editor = editor

    @property
    def wanted_width(self) -> int:
        """The width that the largest number needs."""
        digits = max(3, len(str(self._editor.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + 2 * _PADDING

    def sizeHint(self) -> QSize:
        return QSize(self.wanted_width, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(theme.window))
        current = self._editor.textCursor().blockNumber() + 1
        for line, top, height in self._editor.visible_lines():
            rect = QRect(0, top, self.width() - _PADDING, height)
            is_wrong = line == self._editor.error_line
            if is_wrong:
                painter.fillRect(QRect(0, top, 3, height), QColor(theme.error))
            colour = theme.error if is_wrong else theme.text if line == current else theme.muted
            painter.setPen(QColor(colour))
            painter.drawText(rect, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(line))
        painter.end()
