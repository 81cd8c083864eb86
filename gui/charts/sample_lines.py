"""SampleLines: lines through samples, as many as a chart has."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.charts.step_series import GrowingColumn
from gui.charts.time_chart import thin_pen


class SampleLine:
    """One line. Times in ns (Unix) are kept as they came; absent values break nothing: they are left out."""

    def __init__(self, plot: pg.PlotItem) -> None:
        self.time_ns: list[int] = []
        self.values = GrowingColumn()
        # Held until the next sample: between two samples nothing was measured.
        self._item = pg.PlotDataItem(skipFiniteCheck=True)
        self._item.setClipToView(True)
        self._item.setDownsampling(auto=True, method="peak")
        plot.addItem(self._item)
        self._plot = plot

    def extend(self, time_ns: Sequence[int], values: Sequence[float]) -> None:
        """Add samples."""
        self.time_ns.extend(time_ns)
        self.values.extend(np.asarray(values, dtype=np.float64))

    def draw(self, origin_ns: int) -> None:
        """Draw all samples over the seconds since the origin."""
        self._item.setData(self._seconds(origin_ns), self.values.values)

    def remove(self) -> None:
        """Take the line out of its plot."""
        self._plot.removeItem(self._item)

    def colour(self, colour: QColor, is_dashed: bool = False) -> None:
        """Take a colour."""
        self._item.setPen(thin_pen(colour, Qt.PenStyle.DashLine if is_dashed else Qt.PenStyle.SolidLine))

    @property
    def largest(self) -> float:
        """The largest value; 0 without samples."""
        return float(self.values.values.max()) if len(self.values) else 0.0

    def at(self, time_ns: int) -> float | None:
        """Return the latest value at a time."""
        row = int(np.searchsorted(self.time_ns, time_ns, side="right")) - 1
        return float(self.values.values[row]) if row >= 0 else None

    def _seconds(self, origin_ns: int) -> NDArray[np.float64]:
        return (np.array(self.time_ns, dtype=np.int64) - origin_ns) / 1e9
