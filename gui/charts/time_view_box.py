"""TimeViewBox: the mouse on a chart over time. The wheel zooms at the pointer, a drag zooms to a span."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt

from gui.charts.time_link import TimeBranch

_WHEEL_STEP = 1.25


class TimeViewBox(pg.ViewBox):  # type: ignore[misc]
    """Time is the link's; the vertical range is the chart's own and never the mouse's."""

    def __init__(self, link: TimeBranch) -> None:
        super().__init__(enableMenu=False)
        self._link = link
        self._band = pg.LinearRegionItem(movable=False)
        self._band.setZValue(50)
        self._band.hide()
        self.disableAutoRange()
        self.addItem(self._band, ignoreBounds=True)
        link.range_changed.connect(self._show_range)
        self._show_range(*link.range)

    def _show_range(self, start: float, end: float) -> None:
        self.setXRange(start, end, padding=0)

    def wheelEvent(self, ev: Any, _axis: int | None = None) -> None:
        """Zoom time at the pointer: Ctrl finer, Shift faster."""
        ev.accept()
        # Alt and Shift make some platforms scroll sideways.
        modifiers = ev.modifiers()
        factor = _WHEEL_STEP
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            factor = _WHEEL_STEP**0.25
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            factor = _WHEEL_STEP**3
        centre = self.mapSceneToView(ev.scenePos()).x()
        scale = factor ** (-ev.delta() / 120)
        start, end = self._link.range
        self._link.zoom(centre - (centre - start) * scale, centre + (end - centre) * scale)

    def mouseDragEvent(self, ev: Any, _axis: int | None = None) -> None:
        """Zoom to the dragged span; with Shift or the middle button, pan."""
        ev.accept()
        shifted = ev.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if ev.button() == Qt.MouseButton.MiddleButton or shifted:
            self._pan(ev)
        elif ev.button() == Qt.MouseButton.LeftButton:
            self._select(ev)

    def mouseClickEvent(self, ev: Any) -> None:
        """A double click shows everything again; the chart's own menu takes the right button."""
        if ev.double() and ev.button() == Qt.MouseButton.LeftButton:
            ev.accept()
            self._link.follow()

    def _pan(self, ev: Any) -> None:
        moved = self._time_at(ev.lastPos()) - self._time_at(ev.pos())
        start, end = self._link.range
        self._link.zoom(start + moved, end + moved)

    def _select(self, ev: Any) -> None:
        start, end = sorted((self._time_at(ev.buttonDownPos()), self._time_at(ev.pos())))
        self._band.setRegion((start, end))
        self._band.setVisible(not ev.isFinish())
        if ev.isFinish():
            self._link.zoom(start, end)

    def _time_at(self, position: QPointF) -> float:
        return float(self.mapToView(position).x())
