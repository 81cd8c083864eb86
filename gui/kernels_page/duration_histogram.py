"""DurationHistogram: the spread of one kernel's durations."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from engine.analysis.units import format_count, format_us
from gui.charts.variant_colours import variant_colour
from gui.theme.theme import current_theme

_BAR_PX = 6
# Outliers can be a thousand times longer: they are counted, and leave the others their room.
_SHOWN_QUANTILE = 0.99
_MOST_MEDIANS = 5.0
_NO_BREAK = "\u00a0"


class DurationHistogram(QWidget):
    """Bars over the durations; what lies beyond the shown range is counted in the last bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._durations_us: NDArray[np.float64] = np.empty(0)
        self._variant = 0
        self._note = ""
        self.setMinimumSize(QSize(200, 70))

    def show_note(self, text: str) -> None:
        """Say why there are no bars."""
        self._durations_us, self._note = np.empty(0), text
        self.update()

    def show_durations(self, durations_us: NDArray[np.float64], variant: int) -> None:
        """Show the bars of a variant's kernel."""
        self._durations_us, self._variant, self._note = durations_us, variant, ""
        self.update()

    @property
    def statistics(self) -> str:
        """The spread in words; empty without durations."""
        values = self._durations_us
        if not len(values):
            return ""
        quantiles = np.quantile(values, (0.5, 0.75, 0.9, 0.99, 0.999))
        names = (self.tr("median"), "P75", "P90", "P99", "P99.9")
        parts = [self.tr("{0} calls").format(format_count(len(values)))]
        parts.append(self.tr("mean {0}").format(format_us(float(values.mean()))))
        parts.append(f"σ {format_us(float(values.std()))}")
        parts += [f"{name} {format_us(float(us))}" for name, us in zip(names, quantiles, strict=True)]
        # A number must not stand on another line than its name and unit.
        return "   ".join(part.replace(" ", _NO_BREAK) for part in parts)

    def bins(self, most: int) -> tuple[NDArray[np.int64], float, float]:
        """Return the counts and the range that they cover, µs."""
        values = self._durations_us
        low, high = float(values.min()), float(np.quantile(values, _SHOWN_QUANTILE))
        high = min(high, max(_MOST_MEDIANS * float(np.median(values)), low))
        if high <= low:
            high = low * 1.01 + 1e-3
        counts, _ = np.histogram(np.minimum(values, high), bins=max(1, most), range=(low, high))
        return counts, low, high

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint bars, axis and median."""
        painter, theme = QPainter(self), current_theme()
        painter.setPen(QColor(theme.muted))
        if not len(self._durations_us):
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._note)
            painter.end()
            return
        line = painter.fontMetrics().height()
        counts, low, high = self.bins(min(self.width() // _BAR_PX, 10 + int(len(self._durations_us) ** 0.5)))
        step = self.width() / len(counts)
        room = self.height() - line - 4
        for place, count in enumerate(counts.tolist()):
            height = max(1.0, room * count / counts.max()) if count else 0.0
            bar = QRectF(place * step, room - height, step - 1, height)
            painter.fillRect(bar, variant_colour(self._variant))
        last = format_us(high) if high >= float(self._durations_us.max()) else f"≥ {format_us(high)}"
        axis = QRectF(0, room + 2, self.width(), line)
        painter.drawText(axis, Qt.AlignmentFlag.AlignLeft, format_us(low))
        painter.drawText(axis, Qt.AlignmentFlag.AlignRight, last)
        median = float(np.median(self._durations_us))
        painter.setPen(QColor(theme.text))
        x = int((median - low) / (high - low) * self.width())
        painter.drawLine(x, 0, x, room)
        painter.end()
