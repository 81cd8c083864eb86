"""Legend: which colour is what. It stays where it is, whatever the data does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.theme.theme import current_theme

Mark = Literal["fill", "line", "dash", "tick"]

_MARK_WIDTH = 14
_GAP = 5
_BETWEEN = 12


@dataclass(frozen=True)
class LegendEntry:
    """One colour and what it stands for."""

    text: str
    colour: QColor
    mark: Mark = "fill"


class Legend(QWidget):
    """Entries in one row (``horizontal``) or one under the other; long names are elided."""

    def __init__(self, is_horizontal: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_horizontal = is_horizontal
        # Of a layer's qualified name the end tells most; variants may differ at either end.
        self._elide = Qt.TextElideMode.ElideMiddle if is_horizontal else Qt.TextElideMode.ElideLeft
        self._entries: tuple[LegendEntry, ...] = ()
        vertical = QSizePolicy.Policy.Fixed if is_horizontal else QSizePolicy.Policy.Expanding
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)

    @property
    def entries(self) -> tuple[LegendEntry, ...]:
        """What shows now."""
        return self._entries

    def set_entries(self, entries: tuple[LegendEntry, ...]) -> None:
        """Show other entries; nothing happens if they are the same."""
        if entries != self._entries:
            self._entries = entries
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for all entries, up to a width that leaves the plot its share."""
        metrics = QFontMetrics(self.font())
        widths = [metrics.horizontalAdvance(entry.text) for entry in self._entries]
        each = _MARK_WIDTH + _GAP
        if self._is_horizontal:
            return QSize(sum(widths) + len(widths) * (each + _BETWEEN), metrics.height())
        return QSize(min(170, max(widths, default=0) + each + 4), 40)

    def minimumSizeHint(self) -> QSize:
        """A legend may be cut: the plot beside it tells more."""
        return QSize(0, self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the entries that fit."""
        painter = QPainter(self)
        for entry, place in zip(self._entries, self._places(), strict=False):
            self._paint_entry(painter, entry, place)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Show the whole name of an elided entry as a tooltip."""
        if isinstance(event, QHelpEvent):
            hit = [e for e, p in zip(self._entries, self._places(), strict=False) if p.contains(event.pos())]
            QToolTip.showText(event.globalPos(), hit[0].text if hit else "", self)
            return True
        return super().event(event)

    def _places(self) -> list[QRectF]:
        metrics = QFontMetrics(self.font())
        height = metrics.height() + (0 if self._is_horizontal else 2)
        if not self._is_horizontal:
            fit = max(1, self.height() // height)
            return [QRectF(0, i * height, self.width(), height) for i in range(min(fit, len(self._entries)))]
        places, x = [], 0.0
        for text_width in self._text_widths(metrics):
            width = _MARK_WIDTH + _GAP + text_width
            places.append(QRectF(x, 0, width + 1, height))
            x += width + _BETWEEN
        return places

    def _text_widths(self, metrics: QFontMetrics) -> list[int]:
        """As wide as the texts are; where they don't fit, the longest give way first."""
        widths = [metrics.horizontalAdvance(entry.text) for entry in self._entries]
        room = self.width() - len(widths) * (_MARK_WIDTH + _GAP) - (len(widths) - 1) * _BETWEEN
        most = max(widths, default=0)
        while sum(min(width, most) for width in widths) > max(room, 0) and most > 0:
            most -= 1
        return [min(width, most) for width in widths]

    def _paint_entry(self, painter: QPainter, entry: LegendEntry, place: QRectF) -> None:
        middle = place.center().y()
        match entry.mark:
            case "fill":
                painter.fillRect(QRectF(place.x() + 2, middle - 4, 9, 9), entry.colour)
            case "tick":
                painter.fillRect(QRectF(place.x() + 5, middle - 4, 3, 9), entry.colour)
            case "line" | "dash":
                style = Qt.PenStyle.SolidLine if entry.mark == "line" else Qt.PenStyle.DashLine
                painter.setPen(QPen(entry.colour, 2, style))
                painter.drawLine(int(place.x()), int(middle), int(place.x()) + _MARK_WIDTH, int(middle))
        painter.setPen(QColor(current_theme().chart_foreground))
        text = place.adjusted(_MARK_WIDTH + _GAP, 0, 0, 0)
        elided = QFontMetrics(self.font()).elidedText(entry.text, self._elide, int(text.width()) + 1)
        painter.drawText(text, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, elided)
