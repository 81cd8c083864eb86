"""QueueStrip: how many kernels waited to begin, by variant: numbers, and the newest window over time."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.analysis.results import QueueSummary, RunSummary
from engine.analysis.units import format_count, format_us
from gui.charts.variant_colours import variant_colour
from gui.kernels_page.launch_text import queue_line, queue_tip, tr
from gui.theme.theme import current_theme

_HEIGHT_PX = 34
_GAP_PX = 6


class QueueChart(QWidget):
    """The newest window's queue as an area, its most beside it and its time below the line."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._queue: QueueSummary | None = None
        self._variant = 0
        self.setFixedHeight(_HEIGHT_PX)
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Launch queue over time"))

    def show_queue(self, queue: QueueSummary, variant: int) -> None:
        """Show a variant's newest window."""
        self._queue, self._variant = queue, variant
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the area between its most and its time."""
        if self._queue is None or not self._queue.newest_lengths:
            return
        painter, theme = QPainter(self), current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        most = max(self._queue.newest_lengths)
        texts = (f"0 … {format_count(most)}", format_us(self._queue.newest_us))
        widths = [painter.fontMetrics().horizontalAdvance(text) + _GAP_PX for text in texts]
        painter.setPen(QColor(theme.muted))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | middle, texts[0])
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignRight | middle, texts[1])
        left, right, base = widths[0], self.width() - widths[1], self.height() - 2.0
        painter.drawLine(QPointF(left, base), QPointF(right, base))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(variant_colour(self._variant))
        painter.drawPolygon(_area(self._queue.newest_lengths, left, right, base, (base - 2) / max(1, most)))
        painter.end()


class QueueStrip(QWidget):
    """A row for each variant whose kernels could be paired with their launches; hidden without one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[QWidget, QLabel, QueueChart]] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self.hide()

    @property
    def text(self) -> str:
        """The numbers of all rows that show."""
        return "\n".join(label.text() for row, label, _ in self._rows if not row.isHidden())

    def show_summary(self, summary: RunSummary | None) -> None:
        """Show the newest numbers."""
        variants = list(enumerate(summary.variants)) if summary else []
        queues = [(number, found.name, found.launch_queue) for number, found in variants]
        known = [(number, name, queue) for number, name, queue in queues if queue is not None]
        while len(self._rows) < len(known):
            self._add_row()
        for place, (row, label, chart) in enumerate(self._rows):
            row.setVisible(place < len(known))
            if place < len(known):
                number, name, queue = known[place]
                label.setText(queue_line(queue, name if len(variants) > 1 else ""))
                row.setToolTip(queue_tip(queue))
                chart.show_queue(queue, number)
        self.setVisible(bool(known))

    def _add_row(self) -> None:
        row, label, chart = QWidget(), QLabel(), QueueChart()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2 * _GAP_PX)
        layout.addWidget(label)
        layout.addWidget(chart, 1)
        self._layout.addWidget(row)
        self._rows.append((row, label, chart))


def _area(lengths: tuple[int, ...], left: float, right: float, base: float, unit: float) -> QPolygonF:
    """Return the outline of a step function that begins and ends on the line."""
    step = (right - left) / len(lengths)
    points = [QPointF(left, base)]
    for place, length in enumerate(lengths):
        top = base - length * unit
        points += [QPointF(left + place * step, top), QPointF(left + (place + 1) * step, top)]
    return QPolygonF([*points, QPointF(right, base)])
