"""How a row of the model tree is drawn."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from gui.model_tree.model_tree_model import Role
from gui.model_tree.node_caption import node_caption
from gui.model_tree.row_text import Column
from gui.model_tree.tree_item import TreeItem
from gui.theme.icons import pixmap
from gui.theme.layer_colours import backward_colour, forward_colour, layer_colour
from gui.theme.theme import current_theme

Index = QModelIndex | QPersistentModelIndex

ROW_HEIGHT = 26
_SWATCH = 9
_GAP = 6
_MARK = 14


class NodeDelegate(QStyledItemDelegate):
    """Name and type of a layer, its colour, its shape or error, and its time as a bar."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        size = super().sizeHint(option, index)
        if index.column() == Column.LAYER:
            item: TreeItem = index.data(Role.ITEM)
            metrics = QFontMetrics(option.font)
            size.setWidth(size.width() + metrics.horizontalAdvance(node_caption(item)) + 4 * _GAP)
        size.setHeight(max(size.height(), ROW_HEIGHT))
        return size

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item: TreeItem = index.data(Role.ITEM)
        option = QStyleOptionViewItem(option)
        self.initStyleOption(option, index)
        style = _style(option.widget)
        content = style.subElementRect(QStyle.SubElement.SE_ItemViewItemText, option, option.widget)
        text, option.text = option.text, ""
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        painter.save()
        painter.setFont(option.font)
        painter.setClipRect(option.rect)
        content.setRight(option.rect.right() - 3)
        match Column(index.column()):
            case Column.LAYER:
                self._paint_layer(painter, content, item, bool(index.data(Role.PROBLEM)))
            case Column.TIME:
                self._paint_time(painter, option.rect, item, text)
            case Column.OUTPUT:
                theme = current_theme()
                colour = theme.error if index.data(Role.PROBLEM) else theme.muted
                _draw(painter, content, text, QColor(colour))
            case _:
                _draw(painter, content, text, _text_colour(item), Qt.AlignmentFlag.AlignRight)
        painter.restore()

    def _paint_layer(self, painter: QPainter, rect: QRect, item: TreeItem, is_wrong: bool) -> None:
        if not item.is_variant:
            rect = self._paint_swatch(painter, rect, item)
        font = painter.font()
        font.setBold(item.is_variant)
        painter.setFont(font)
        colour = QColor(current_theme().error) if is_wrong else _text_colour(item)
        # A long name gives way to the sign, not the other way round.
        name_rect = rect.adjusted(0, 0, -(_MARK + _GAP + 2), 0) if item.faults else rect
        width = _draw(painter, name_rect, item.name, colour)
        font.setBold(False)
        painter.setFont(font)
        rest = rect.adjusted(width + _GAP + 2, 0, 0, 0)
        if item.faults:
            rest = _paint_mark(painter, rest)
        _draw(painter, rest, node_caption(item), QColor(current_theme().muted))

    def _paint_swatch(self, painter: QPainter, rect: QRect, item: TreeItem) -> QRect:
        swatch = QRect(rect.left(), rect.center().y() - _SWATCH // 2, _SWATCH, _SWATCH)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if item.node.container:
            painter.setPen(QColor(current_theme().muted))
            painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            painter.setBrush(layer_colour(item.path) if item.path else QColor(current_theme().border))
        painter.drawRoundedRect(swatch, 2.5, 2.5)
        return rect.adjusted(_SWATCH + _GAP, 0, 0, 0)

    def _paint_time(self, painter: QPainter, rect: QRect, item: TreeItem, text: str) -> None:
        """Draw the time over a bar: the whole width is the variant's step, backward is lighter."""
        result = item.result
        if result is None:
            return
        if not item.is_variant:
            bar = rect.adjusted(2, 4, -2, -4)
            forward = round(bar.width() * result.share * result.forward_us / (result.total_us or 1))
            whole = round(bar.width() * result.share)
            path = item.path if item.node.layer else ""
            for left, right, colour in (
                (0, forward, forward_colour(path)),
                (forward, whole, backward_colour(path)),
            ):
                colour.setAlphaF(0.55)  # the number on it must stay readable
                painter.fillRect(bar.left() + left, bar.top(), right - left, bar.height(), colour)
        _draw(painter, rect.adjusted(0, 0, -6, 0), text, _text_colour(item), Qt.AlignmentFlag.AlignRight)

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:
        editor = super().createEditor(parent, option, index)
        editor.setObjectName("node_name")
        return editor

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        super().updateEditorGeometry(editor, option, index)
        editor.setGeometry(editor.geometry().adjusted(_SWATCH, 1, 0, -1))


def _paint_mark(painter: QPainter, rect: QRect) -> QRect:
    """Draw the sign of a failed check and return what room it leaves."""
    ratio = painter.device().devicePixelRatio()
    sign = pixmap("circle-alert", _MARK, current_theme().error, ratio)
    painter.drawPixmap(rect.left(), rect.center().y() - _MARK // 2, sign)
    return rect.adjusted(_MARK + _GAP, 0, 0, 0)


def _style(widget: QWidget | None) -> QStyle:
    return widget.style() if widget else QApplication.style()


def _text_colour(item: TreeItem) -> QColor:
    is_off = not item.is_variant and not item.path
    role = current_theme().muted if is_off else current_theme().text
    return QColor(role)


def _draw(
    painter: QPainter,
    rect: QRect,
    text: str,
    colour: QColor,
    alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> int:
    """Draw one elided line and return its width in pixels."""
    if not text or rect.width() <= 0:
        return 0
    metrics = painter.fontMetrics()
    shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
    painter.setPen(colour)
    painter.drawText(rect, alignment | Qt.AlignmentFlag.AlignVCenter, shown)
    return metrics.horizontalAdvance(shown)
