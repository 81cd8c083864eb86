"""StackedBars: a label on the left or above, a bar of segments, a number on the right."""

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

    def __init__(self, is_label_above: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_label_above = is_label_above
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
            self._paint_bar(painter, bar, number)
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
                hits = [s.tip for s, place in self.places(bar, number) if place.left() <= x <= place.right()]
                return hits[0] if hits else "\n".join(segment.tip for segment in bar.segments)
        return ""

    def _row_height(self) -> float:
        line: float = self.fontMetrics().height()
        lines = 2 if self._is_label_above else 1
        # Squeezed where there is little room, never drawn apart.
        return lines * min(line * 1.6, max(line, (self.height() - _GAP) / (lines * max(1, len(self.bars)))))

    def _top(self, number: int) -> float:
        return _GAP / 2 + number * self._row_height()

    def _label_width(self) -> float:
        metrics = self.fontMetrics()
        if self._is_label_above:
            return self.width() - 2.0 * _MARGIN
        longest = max((metrics.horizontalAdvance(bar.label) for bar in self.bars), default=0)
        return min(longest + 2.0, self.width() * 0.4)

    def _number_width(self) -> float:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(bar.text) for bar in self.bars), default=0) + 4.0

    def places(self, bar: Bar, number: int) -> list[tuple[Segment, QRectF]]:
        """Return where each segment of a bar is painted; ``number`` is its row."""
        longest = max((sum(s.value for s in other.segments) for other in self.bars), default=0.0)
        left = _MARGIN if self._is_label_above else _MARGIN + self._label_width() + _GAP
        room = max(10.0, self.width() - left - self._number_width() - _GAP - _MARGIN)
        line = self._bar_line(self._top(number))
        height = line.height() * _BAR_PART
        places = []
        for segment in bar.segments:
            width = segment.value / longest * room if longest else 0.0
            place = QRectF(left, line.center().y() - height / 2, width, height)
            places.append((segment, place))
            left += width
        return places

    def _paint_bar(self, painter: QPainter, bar: Bar, number: int) -> None:
        theme, middle = current_theme(), Qt.AlignmentFlag.AlignVCenter
        line, width = self._bar_line(self._top(number)), self._label_width()
        label = self.fontMetrics().elidedText(bar.label, Qt.TextElideMode.ElideMiddle, int(width))
        side = Qt.AlignmentFlag.AlignLeft if self._is_label_above else Qt.AlignmentFlag.AlignRight
        painter.setPen(QColor(theme.text))
        painter.drawText(QRectF(_MARGIN, self._top(number), width, line.height()), middle | side, label)
        for segment, place in self.places(bar, number):
            seam = _SEAM if place.width() > 3 else 0
            painter.fillRect(place.adjusted(0, 0, -seam, 0), segment.colour)
        painter.setPen(QColor(theme.chart_foreground))
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, bar.text)

    def _bar_line(self, top: float) -> QRectF:
        """Return the line of a row that holds its bar and number."""
        height = self._row_height() / (2 if self._is_label_above else 1)
        first = top + height if self._is_label_above else top
        return QRectF(_MARGIN, first, self.width() - 2 * _MARGIN, height)
