"""The axes of a sweep's charts: values where they were measured, times and ratios by their logarithm."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetrics

from engine.experiment.sweep import SweepValue

_GAP_PX = 10


def place_of(value: SweepValue, values: Sequence[SweepValue]) -> float:
    """Return where a value stands: a number by its logarithm to base 2, a word by its place.

    0 has no logarithm: it stands where a half would.
    """
    if all(isinstance(each, int) for each in values):
        return math.log2(max(0.5, float(value)))
    return float(values.index(value))


def value_text(value: SweepValue) -> str:
    """Return a value as it is shown: ``1,024``."""
    return f"{value:,}" if isinstance(value, int) else value


class ValueAxis(pg.AxisItem):  # type: ignore[misc]
    """A tick at each value of the sweep, as many as there is room for."""

    def __init__(self) -> None:
        super().__init__("bottom")
        self._ticks: dict[float, str] = {}

    def set_values(self, values: Sequence[SweepValue]) -> None:
        """Show these."""
        places = {place_of(value, values): value_text(value) for value in values}
        self._ticks = dict(sorted(places.items()))
        self.picture = None
        self.update()

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:
        """Return the places whose labels do not touch."""
        metrics = QFontMetrics(self.style["tickFont"] or self.font())
        scale = size / max(1e-9, maxVal - minVal)
        kept: list[float] = []
        taken_to = -math.inf
        for place, text in self._ticks.items():
            middle, half = (place - minVal) * scale, metrics.horizontalAdvance(text) / 2
            if minVal <= place <= maxVal and middle - half > taken_to:
                kept.append(place)
                taken_to = middle + half + _GAP_PX
        return [(1.0, kept)]

    def tickStrings(self, values: Any, _scale: float, _spacing: float) -> list[str]:
        """Return the values' texts."""
        return [self._ticks.get(value, "") for value in values]


class LogAxis(pg.AxisItem):  # type: ignore[misc]
    """An axis of logarithms to base 10; ``label`` turns the number itself into text."""

    def __init__(self, label: Callable[[float], str]) -> None:
        super().__init__("left")
        self._label = label

    def boundingRect(self) -> QRectF:
        """Return pyqtgraph's, with room for the upper half of the top label and the lower of the last."""
        rect: QRectF = super().boundingRect()
        return rect.adjusted(0, -8, 0, 8)

    def tickValues(self, minVal: float, maxVal: float, _size: float) -> list[tuple[float, list[float]]]:
        """Return round numbers: powers of ten, with more between them the less there is to see."""
        return [(1.0, [math.log10(value) for value in round_numbers(10**minVal, 10**maxVal)])]

    def tickStrings(self, values: Any, _scale: float, _spacing: float) -> list[str]:
        """Return the numbers as text."""
        return [self._label(10**value) for value in values]


def round_numbers(low: float, high: float) -> list[float]:
    """Return round numbers from ``low`` to ``high`` (above 0), about evenly spread by their logarithm."""
    decades = math.log10(high / low)
    steps = next((found for least, found in _STEPS if decades > least), None)
    if steps is None:
        size = 10.0 ** math.floor(math.log10((high - low) / 2))
        size *= next(factor for factor in (5, 2, 1) if (high - low) / (factor * size) >= 2)
        return [round(number * size, 12) for number in range(math.ceil(low / size), int(high / size) + 1)]
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    found = (step * 10.0**power for power in powers for step in steps)
    return [number for number in found if low <= number <= high]


_STEPS = ((2.0, (1,)), (0.9, (1, 2, 5)), (0.45, (1, 1.5, 2, 3, 5, 7)))
