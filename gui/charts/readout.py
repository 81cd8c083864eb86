"""Readout: the numbers at the cursor, on one line."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from gui.theme.theme import current_theme

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Readout(QLabel):
    """A label that never widens its chart. Without room it says so by an ellipsis: half a number misleads."""

    def __init__(self) -> None:
        super().__init__()
        self.setAlignment(_RIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def has_room(self) -> bool:
        """Whether the whole text shows."""
        return self.fontMetrics().horizontalAdvance(self.text()) <= self.width()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint as much of the end as fits."""
        painter = QPainter(self)
        painter.setPen(QColor(current_theme().text))
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideLeft, self.width())
        painter.drawText(self.rect(), _RIGHT, text)
        painter.end()
