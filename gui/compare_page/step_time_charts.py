"""StepTimeCharts: two charts of step times, beside each other where there is room."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from gui.compare_page.pairs_chart import PairsChart
from gui.compare_page.spread_chart import SpreadChart

_WIDE_PX = 900


class StepTimeCharts(QWidget):
    """In a narrow window one stands below the other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spread, self.pairs = SpreadChart(), PairsChart()
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 8, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.spread, 1)
        self._layout.addWidget(self.pairs, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stand beside each other, or not."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= _WIDE_PX
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if self._layout.direction() != direction:
            self._layout.setDirection(direction)
