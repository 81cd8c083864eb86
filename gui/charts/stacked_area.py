"""StackedArea: bands on top of each other, held until the next value."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPolygonF

from gui.charts.layer_series import LayerStack


class StackedArea(pg.GraphicsObject):  # type: ignore[misc]
    """Draws a `LayerStack`, one filled polygon a band."""

    def __init__(self) -> None:
        super().__init__()
        self._bands: list[tuple[QPolygonF, QColor]] = []
        self._bounds = QRectF()

    def set_stack(self, data: LayerStack, colours: list[QColor]) -> None:
        """Draw other data."""
        self.prepareGeometryChange()
        heights = np.vstack((np.zeros(data.parts_us.shape[1]), np.cumsum(data.parts_us, axis=0)))
        if data.parts_us.shape[1] == 0:
            self._bands, self._bounds = [], QRectF()
            self.update()
            return
        self._bands = [
            (_band(data.edges_s, low, high), colour)
            for low, high, colour in zip(heights[:-1], heights[1:], colours, strict=True)
            if np.any(high > low)
        ]
        edges = data.edges_s
        self._bounds = QRectF(edges[0], 0, edges[-1] - edges[0], float(heights[-1].max()) or 1.0)
        self.update()

    def boundingRect(self) -> QRectF:
        """Return what the bands cover, in seconds and µs."""
        return self._bounds

    def paint(self, painter: QPainter, *_: object) -> None:
        """Fill the bands."""
        painter.setPen(Qt.PenStyle.NoPen)
        for polygon, colour in self._bands:
            painter.setBrush(colour)
            painter.drawPolygon(polygon)


def _band(edges: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]) -> QPolygonF:
    steps = np.repeat(edges, 2)[1:-1]
    x = np.concatenate((steps, steps[::-1]))
    y = np.concatenate((np.repeat(high, 2), np.repeat(low, 2)[::-1]))
    polygon: QPolygonF = pg.functions.arrayToQPolygonF(x, y)
    return polygon
