"""Curve: points that were measured, the line through them, and how well each is known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QColor

from gui.charts.time_chart import thin_pen

_POINT_PX = 7


@dataclass(frozen=True)
class CurvePoint:
    """A point by the logarithms of its axes; ``low`` and ``high`` are its interval's, None without one."""

    place: float
    middle: float
    low: float | None = None
    high: float | None = None


class Curve:
    """One variant's curve in a plot. A value without a result breaks the line."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self._plot = plot
        self._whiskers = pg.ErrorBarItem(x=np.zeros(1), y=np.zeros(1), height=0)
        self._line = pg.PlotDataItem(symbol="o", symbolSize=_POINT_PX, connect="finite")
        self._whiskers.hide()
        for item in (self._whiskers, self._line):
            plot.addItem(item)

    def draw(self, points: Sequence[CurvePoint | None], colour: QColor, beam: float) -> None:
        """Draw the points in order; None has no result. ``beam`` is how wide whiskers end."""
        known = [point for point in points if point is not None]
        if not known:
            # Of nothing but gaps, pyqtgraph would look for the largest.
            points = ()
        x = np.array([np.nan if point is None else point.place for point in points])
        y = np.array([np.nan if point is None else point.middle for point in points])
        self._line.setData(x, y, pen=thin_pen(colour), symbolBrush=colour, symbolPen=None)
        sure = [(p.place, p.middle, p.low, p.high) for p in known if p.low is not None and p.high is not None]
        self._whiskers.setVisible(bool(sure))
        if sure:
            places, middles, lows, highs = (np.array(column) for column in zip(*sure, strict=True))
            self._whiskers.setData(
                x=places,
                y=middles,
                top=highs - middles,
                bottom=middles - lows,
                beam=beam,
                pen=thin_pen(colour),
            )

    def remove(self) -> None:
        """Take the curve out of its plot."""
        for item in (self._whiskers, self._line):
            self._plot.removeItem(item)
