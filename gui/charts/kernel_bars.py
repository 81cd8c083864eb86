"""KernelBars: names on the left, bars in the middle, numbers on the right."""

from __future__ import annotations

import re
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolTip, QWidget

from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.units import format_us
from gui.charts.nice_numbers import nice_ceiling
from gui.theme.theme import current_theme

_MARGIN = 10
_ROW_GAP = 6
# A zero-width space: a line may end there.
_BREAK = "\u200b"


@dataclass(frozen=True)
class KernelBar:
    """One kernel with its time per step in each variant; None where a variant has no such kernel."""

    name: str
    per_step_us: tuple[float | None, ...]


class KernelBars(QWidget):
    """As many bars as fit; the longest first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[KernelBar, ...] = ()
        self._colours: tuple[QColor, ...] = ()
        self._scale_us = 1.0

    def set_bars(self, bars: tuple[KernelBar, ...], colours: tuple[QColor, ...]) -> None:
        """Show other bars; one colour a variant."""
        self._bars, self._colours = bars, colours
        longest = max((us or 0.0 for bar in bars for us in bar.per_step_us), default=0.0)
        # Like any live axis, the scale moves in steps.
        self._scale_us = nice_ceiling(longest)
        self.update()

    def forget_scale(self) -> None:
        """Start over for another run."""
        self._bars = ()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the rows that fit."""
        painter = QPainter(self)
        for bar, top in zip(self._bars, self._tops(), strict=False):
            self._paint_row(painter, bar, top)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Show a kernel's whole name as a tooltip."""
        if isinstance(event, QHelpEvent):
            height = self._row_height()
            hits = [
                bar.name
                for bar, top in zip(self._bars, self._tops(), strict=False)
                if top <= event.pos().y() < top + height
            ]
            QToolTip.showText(event.globalPos(), hits[0] if hits else "", self)
            return True
        return super().event(event)

    def _line_height(self) -> int:
        return QFontMetrics(self.font()).height()

    def _row_height(self) -> int:
        return self._line_height() * max(1, len(self._colours)) + _ROW_GAP

    def _tops(self) -> list[int]:
        fit = max(1, (self.height() - _ROW_GAP) // self._row_height())
        return [_ROW_GAP // 2 + index * self._row_height() for index in range(fit)]

    def _name_width(self, number_width: int) -> int:
        """As wide as the longest name, up to half of the room."""
        metrics = QFontMetrics(self.font())
        names = (short_kernel_name(bar.name) for bar in self._bars[: len(self._tops())])
        longest = max((metrics.horizontalAdvance(name) for name in names), default=0)
        return min(longest + 2, int((self.width() - 2 * _MARGIN - number_width) * 0.5))

    def _paint_row(self, painter: QPainter, bar: KernelBar, top: int) -> None:
        theme, metrics = current_theme(), QFontMetrics(self.font())
        number_width = metrics.horizontalAdvance("0000 ms") + 4
        name_width = self._name_width(number_width)
        line = self._line_height()
        left = _MARGIN + name_width + 8
        room = max(10, self.width() - left - number_width - _MARGIN)
        lines = len(self._colours)
        # A little less than the lines hold: they break between letters.
        whole = name_width if lines == 1 else int(lines * name_width * 0.9)
        name = metrics.elidedText(
            short_kernel_name(bar.name) or self.tr("(no name)"), Qt.TextElideMode.ElideMiddle, whole
        )
        painter.setPen(QColor(theme.text))
        to_right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
        place = QRectF(_MARGIN, top, name_width, line * lines)
        wrap = Qt.TextFlag.TextWordWrap if _fits(name, place, metrics) else Qt.TextFlag.TextWrapAnywhere
        flags = int(to_right | wrap | Qt.TextFlag.TextDontClip)  # underscores hang below the last line
        painter.drawText(place, flags, _with_breaks(name))
        for index, (us, colour) in enumerate(zip(bar.per_step_us, self._colours, strict=True)):
            y = top + index * line
            width = (us or 0.0) / self._scale_us * room
            painter.fillRect(QRectF(left, y + line * 0.14, max(width, 1.0), line * 0.72), colour)
            painter.setPen(QColor(theme.chart_foreground if us is not None else theme.muted))
            place = QRectF(self.width() - _MARGIN - number_width, y, number_width, line)
            painter.drawText(place, to_right, format_us(us))


def _with_breaks(name: str) -> str:
    """Let a name break behind its underscores and colons: ``native_layer_`` | ``norm_backward``."""
    return re.sub(r"(_|::)(?=\w)", r"\1" + _BREAK, name)


def _fits(name: str, place: QRectF, metrics: QFontMetrics) -> bool:
    """Whether the name fits there with breaks at such places alone."""
    needed = metrics.boundingRect(place.toRect(), Qt.TextFlag.TextWordWrap, _with_breaks(name))
    # Lines of text stand a little wider apart than a row's.
    return needed.width() <= place.width() and needed.height() <= place.height() + metrics.descent()
