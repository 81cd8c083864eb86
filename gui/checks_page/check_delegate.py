"""CheckDelegate: a row's name, and at its end, quieter, what was found."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.checks_page.check_tree_model import NOTE_ROLE
from gui.theme.theme import current_theme

_GAP = 10
# A note that is cut down to less, in pixels, says nothing: the tooltip has it whole.
_LEAST_CUT = 90


class CheckDelegate(QStyledItemDelegate):
    """The name has all the room it needs; the note, on the right, what is left."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row, then its note."""
        super().paint(painter, option, index)
        note = index.data(NOTE_ROLE)
        room = self._room(option, index)
        if not note or room.width() < min(_LEAST_CUT, option.fontMetrics.horizontalAdvance(note)):
            return
        painter.save()
        painter.setFont(option.font)
        painter.setPen(QColor(current_theme().muted))
        text = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight), text)
        painter.restore()

    def _room(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QRect:
        """Return what the name leaves of its row."""
        filled = QStyleOptionViewItem(option)
        self.initStyleOption(filled, index)
        widget = filled.widget
        style = widget.style() if widget is not None else QApplication.style()
        area = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, filled, widget)
        taken = filled.fontMetrics.horizontalAdvance(index.data()) + _GAP
        return area.adjusted(taken, 0, -6, 0)
