"""ShareDelegate: paints a bar behind the number of a share."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from gui.charts.variant_colours import variant_colour
from gui.tables.roles import SHARE_ROLE
from gui.theme.layer_colours import mixed
from gui.theme.theme import current_theme


class ShareDelegate(QStyledItemDelegate):
    """A cell whose model gives a `SHARE_ROLE` gets a bar as wide as its share of the cell."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the bar, then the text as always."""
        share = index.data(SHARE_ROLE)
        if share:
            rect = option.rect.adjusted(4, 3, -4, -3)
            width = max(1, round(rect.width() * min(1.0, share)))
            colour = mixed(variant_colour(0), QColor(current_theme().base), 0.6)
            painter.fillRect(QRect(rect.left(), rect.top(), width, rect.height()), colour)
        super().paint(painter, option, index)
