"""How a row of the palette is drawn: the name, and what it is or where it lies in muted text."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.palette.palette_entry import PaletteEntry
from gui.theme.theme import current_theme

Index = QModelIndex | QPersistentModelIndex
_GAP = 10


class PaletteDelegate(QStyledItemDelegate):
    """Draws the detail of an entry behind its name."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        return QSize(size.width(), max(size.height(), 24))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        super().paint(painter, option, index)
        entry = index.data(Qt.ItemDataRole.UserRole)
        if not isinstance(entry, PaletteEntry) or not entry.detail:
            return
        whole = QStyleOptionViewItem(option)
        self.initStyleOption(whole, index)
        style = whole.widget.style() if whole.widget else QApplication.style()
        rect = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, whole, whole.widget)
        metrics = painter.fontMetrics()
        rect.setLeft(rect.left() + metrics.horizontalAdvance(entry.name) + _GAP)
        rect.setRight(option.rect.right() - 6)
        if rect.width() < 2 * _GAP:
            return
        painter.save()
        painter.setPen(QColor(current_theme().muted))
        text = metrics.elidedText(entry.detail, Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        painter.restore()
