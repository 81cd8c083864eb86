"""StackedBars: a label on the left, a bar of segments in the middle, a number on the right."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gui.theme.theme import current_theme

_MARGIN = 10
_GAP = 8
_BAR_PART = 0.66
# One pixel of background keeps two segments of like colours apart.
_SEAM = 1


@dataclass(frozen=True)
class Segment:
    """A part of a bar; ``tip`` says what it is."""

    value: float
    colour: QColor
    tip: str


@dataclass(frozen=True)
class Bar:
    """One row; ``text`` is its number as it is shown."""

    label: str
    segments: tuple[Segment, ...]
    text: str


class StackedBars(QWidget):
    """All bars on one scale, the longest filling the room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()

    def set_bars(self, bars: tuple[Bar, ...]) -> None:
        """Show other bars."""
        self.bars = bars
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """As high as all rows."""
        return QSize(240, round(1.6 * self.fontMetrics().height() * max(1, len(self.bars))) + _GAP)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows that fit."""
        painter = QPainter(self)
        for number, bar in enumerate(self.bars):
            self._paint_bar(painter, bar, self._top(number))
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Say what the segment under the pointer is."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().x(), event.pos().y()), self)
            return True
        return super().event(event)

    def tip_at(self, x: float, y: float) -> str:
        """Return what is told of a place."""
        for number, bar in enumerate(self.bars):
            top = self._top(number)
            if top <= y < top + self._row_height():
                hits = [s.tip for s, place in self._places(bar, top) if place.left() <= x <= place.right()]
                return hits[0] if hits else "\n".join(segment.tip for segment in bar.segments)
        return ""

    def _row_height(self) -> float:
        rows = max(1, len(self.bars))
        line: float = self.fontMetrics().height()
        # Squeezed where there is little room, never drawn apart.
        return min(line * 1.6, max(line, (self.height() - _GAP) / rows))

    def _top(self, number: int) -> float:
        return _GAP / 2 + number * self._row_height()

    def _label_width(self) -> float:
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(bar.label) for bar in self.bars), default=0)
        return min(longest + 2.0, self.width() * 0.4)

    def _number_width(self) -> float:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(bar.text) for bar in self.bars), default=0) + 4.0

    def _places(self, bar: Bar, top: float) -> list[tuple[Segment, QRectF]]:
        longest = max((sum(s.value for s in other.segments) for other in self.bars), default=0.0)
        left = _MARGIN + self._label_width() + _GAP
        room = max(10.0, self.width() - left - self._number_width() - _GAP - _MARGIN)
        height = self._row_height() * _BAR_PART
        places = []
        for segment in bar.segments:
            width = segment.value / longest * room if longest else 0.0
            places.append((segment, QRectF(left, top + (self._row_height() - height) / 2, width, height)))
            left += width
        return places

    def _paint_bar(self, painter: QPainter, bar: Bar, top: float) -> None:
        theme = current_theme()
        middle, height = Qt.AlignmentFlag.AlignVCenter, self._row_height()
        painter.setPen(QColor(theme.text))
        width = self._label_width()
        label = self.fontMetrics().elidedText(bar.label, Qt.TextElideMode.ElideMiddle, int(width))
        painter.drawText(QRectF(_MARGIN, top, width, height), middle | Qt.AlignmentFlag.AlignRight, label)
        for segment, place in self._places(bar, top):
            seam = _SEAM if place.width() > 3 else 0
            painter.fillRect(place.adjusted(0, 0, -seam, 0), segment.colour)
        painter.setPen(QColor(theme.chart_foreground))
        number = QRectF(self.width() - _MARGIN - self._number_width(), top, self._number_width(), height)
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignRight, bar.text)
