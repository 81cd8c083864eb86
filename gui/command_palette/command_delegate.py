"""CommandDelegate: draws one command, its matched letters, its category and its hotkey."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.theme.theme import current_theme

CATEGORY = Qt.ItemDataRole.UserRole + 1
HOTKEY = Qt.ItemDataRole.UserRole + 2
MATCHES = Qt.ItemDataRole.UserRole + 3
ROW_HEIGHT = 30
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class CommandDelegate(QStyledItemDelegate):
    """One line for each command: icon, text, category; the hotkey at the right."""

    def sizeHint(self, option: QStyleOptionViewItem, _index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        theme = current_theme()
        painter.save()
        area: QRect = option.rect.adjusted(2, 1, -2, -1)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(area, 5, 5)
        icon: QIcon = index.data(Qt.ItemDataRole.DecorationRole) or QIcon()
        icon.paint(painter, QRect(area.left() + 8, area.top() + 6, 16, 16))
        inner = area.adjusted(34, 0, -10, 0)
        hotkey = str(index.data(HOTKEY) or "")
        painter.setPen(QColor(theme.muted))
        painter.drawText(inner, _RIGHT, hotkey)
        right = option.fontMetrics.horizontalAdvance(hotkey) + 16
        used = self._paint_text(painter, inner.adjusted(0, 0, -right, 0), option.font, index)
        painter.setPen(QColor(theme.muted))
        painter.drawText(inner.adjusted(used + 10, 0, -right, 0), _LEFT, str(index.data(CATEGORY) or ""))
        painter.restore()

    def _paint_text(
        self, painter: QPainter, area: QRect, font: QFont, index: QModelIndex | QPersistentModelIndex
    ) -> int:
        """Draw the command with its matched letters bold; return the width used, in pixels."""
        theme = current_theme()
        bold = QFont(font)
        bold.setBold(True)
        marked = frozenset(index.data(MATCHES) or ())
        left = area.left()
        for position, letter in enumerate(str(index.data(Qt.ItemDataRole.DisplayRole))):
            used = bold if position in marked else font
            painter.setFont(used)
            painter.setPen(QColor(theme.accent if position in marked else theme.text))
            painter.drawText(QRect(left, area.top(), area.right() - left, area.height()), _LEFT, letter)
            left += QFontMetrics(used).horizontalAdvance(letter)
        painter.setFont(font)
        return left - area.left()
