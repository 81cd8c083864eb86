"""UnitAxis: an axis whose ticks are round in the unit they are shown in."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF

from gui.charts.units import AxisUnit, Quantity, axis_unit

# An axis lower than this has room for its ends alone.
_LOW_PX = 45


class UnitAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of one quantity. Binary units get ticks at 256 MiB, not at 268,435,456."""

    def __init__(self, orientation: str, quantity: Quantity) -> None:
        super().__init__(orientation)
        self.quantity = quantity
        self.enableAutoSIPrefix(False)

    def boundingRect(self) -> QRectF:
        """Return pyqtgraph's, with room for the upper half of the top label and the lower of the last."""
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -8, 0, 8) if self.orientation == "left" else rect

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:
        """Return pyqtgraph's spacing, made in the shown unit."""
        unit = self._unit(maxVal)
        if self.orientation == "left" and size < _LOW_PX:
            return [(maxVal - minVal, 0.0)]
        levels = super().tickSpacing(minVal / unit.size, maxVal / unit.size, size)
        # The third level is too dense to read.
        return [(spacing * unit.size, offset * unit.size) for spacing, offset in levels[:2]]

    def tickStrings(self, values: Any, scale: float, _spacing: float) -> list[str]:
        """Return the ticks' text; all in the axis' one unit."""
        unit = self._unit(max(abs(edge) for edge in self.range))
        labels = [unit.label(round(value * scale, 9)) for value in values]
        if self.orientation == "left" and self.height() < _LOW_PX:
            return ["" if value == 0 else label for value, label in zip(values, labels, strict=True)]
        return labels

    def _unit(self, largest: float) -> AxisUnit:
        return axis_unit(self.quantity, largest)
