"""Waterfall: names on the left, floating bars in the middle, differences on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from engine.analysis.units import format_us
from gui.compare_page.verdict_words import signed_us
from gui.compare_page.waterfall_steps import WaterfallStep
from gui.theme.theme import current_theme

_MARGIN = 10
_GAP = 10
_BAR_PART = 0.64
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight


class Waterfall(QWidget):
    """Every step on one scale; a thin line leads from the end of each bar to the start of the next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.steps: tuple[WaterfallStep, ...] = ()
        self._colours = (QColor(), QColor())

    def set_steps(self, steps: Sequence[WaterfallStep], colours: tuple[QColor, QColor]) -> None:
        """Show other steps; ``colours`` are the baseline's and the variant's."""
        self.steps, self._colours = tuple(steps), colours
        self.update()

    def minimumSizeHint(self) -> QSize:
        """Room for the fewest rows that tell anything."""
        return QSize(200, 3 * self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint all rows."""
        painter = QPainter(self)
        for row in range(len(self.steps)):
            self._paint_row(painter, row)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Show a part's whole name and its difference as a tooltip."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(event.pos().y()), self)
            return True
        return super().event(event)

    def tip_at(self, y: float) -> str:
        """Return what is told of the row at a height."""
        row = int(y // self._row_height()) if self.steps else -1
        if not 0 <= row < len(self.steps):
            return ""
        step = self.steps[row]
        return f"{step.tip or step.name}\n{_number(step)}"

    def bar_at(self, row: int) -> QRectF:
        """Return where a row's bar is painted."""
        step = self.steps[row]
        low, high = self._range()
        left = _MARGIN + self._name_width() + _GAP
        room = max(10.0, self.width() - left - self._number_width() - _GAP - _MARGIN)
        scale = room / (high - low) if high > low else 0.0
        start, end = sorted((max(step.start_us, low), max(step.end_us, low)))
        height = self._row_height()
        top = row * height + height * (1 - _BAR_PART) / 2
        return QRectF(left + (start - low) * scale, top, max(1.5, (end - start) * scale), height * _BAR_PART)

    def _range(self) -> tuple[float, float]:
        """The scale begins at 0: cutting it would make small differences look large."""
        ends = [edge for step in self.steps for edge in (step.start_us, step.end_us)]
        return min(0.0, *ends), max(ends)

    def _row_height(self) -> float:
        line: float = self.fontMetrics().height()
        return min(line * 2.0, self.height() / max(1, len(self.steps)))

    def _name_width(self) -> float:
        metrics = self.fontMetrics()
        longest = max((metrics.horizontalAdvance(step.name) for step in self.steps), default=0)
        return min(longest + 2.0, self.width() * 0.4)

    def _number_width(self) -> float:
        metrics = self.fontMetrics()
        return max((metrics.horizontalAdvance(_number(step)) for step in self.steps), default=0) + 4.0

    def _paint_row(self, painter: QPainter, row: int) -> None:
        theme, step, height = current_theme(), self.steps[row], self._row_height()
        name_width, number_width = self._name_width(), self._number_width()
        name = self.fontMetrics().elidedText(step.name, Qt.TextElideMode.ElideMiddle, int(name_width))
        painter.setPen(QColor(theme.text if step.is_total else theme.chart_foreground))
        painter.drawText(QRectF(_MARGIN, row * height, name_width, height), _MIDDLE | _RIGHT, name)
        bar = self.bar_at(row)
        painter.fillRect(bar, self._colour(row))
        if row + 1 < len(self.steps):
            self._paint_link(painter, row, bar)
        painter.setPen(QColor(theme.text))
        place = QRectF(self.width() - _MARGIN - number_width, row * height, number_width, height)
        painter.drawText(place, _MIDDLE | _RIGHT, _number(step))

    def _paint_link(self, painter: QPainter, row: int, bar: QRectF) -> None:
        step = self.steps[row]
        x = bar.right() if step.is_total or step.delta_us >= 0 else bar.left()
        painter.setPen(QColor(current_theme().border))
        painter.drawLine(int(x), int(bar.bottom()), int(x), int(self.bar_at(row + 1).top()))

    def _colour(self, row: int) -> QColor:
        step, theme = self.steps[row], current_theme()
        if step.is_total:
            return self._colours[0 if row == 0 else 1]
        return QColor(theme.error if step.delta_us > 0 else theme.success)


def _number(step: WaterfallStep) -> str:
    return format_us(step.end_us) if step.is_total else signed_us(step.delta_us)
