"""ScalingChart: the median step of every variant over the values of a sweep, both by their logarithm."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from engine.analysis.sweep.results import PointResult, SweepResult, VariantPoint
from engine.analysis.units import format_us
from gui.charts.chart import DataTable
from gui.charts.legend import LegendEntry
from gui.charts.time_chart import thin_pen
from gui.charts.variant_colours import variant_colour
from gui.sweep_page.curve import CurvePoint
from gui.sweep_page.point_columns import median_text
from gui.sweep_page.sweep_chart import SweepChart, is_measured
from gui.theme.theme import current_theme

# How far above the foot of the plot a value without a result is marked, as a share of its height.
_FOOT = 0.04


class ScalingChart(SweepChart):
    """A curve for each variant, with the 95 % interval of each median."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("ScalingChart", "Step time"), format_us, parent)
        self._failed = pg.ScatterPlotItem(symbol="x", size=10)
        self.plot.addItem(self._failed, ignoreBounds=True)
        self.start_theme()

    def redraw(self) -> None:
        """Draw all points so far, and mark at the foot of the plot the values that have no result."""
        super().redraw()
        if self.result is None:
            return
        low, high = self.plot.viewRange()[1]
        foot = low + _FOOT * (high - low)
        places = [self.place(point.value) for point in self.result.points if not is_measured(point)]
        self._failed.setData(places, [foot] * len(places), pen=thin_pen(current_theme().error))

    def draw_curves(self, result: SweepResult) -> list[float]:
        """Draw a curve for each variant."""
        names = result.variants
        seen: list[float] = []
        for number, curve in enumerate(self.take_curves(len(names))):
            found = [self._point(point, names[number]) for point in self._in_order(result)]
            curve.draw(found, variant_colour(number), self.beam)
            seen += [10**each for p in found if p for each in (p.middle, p.low, p.high) if each is not None]
        self.legend.set_entries(self._legend_entries(result))
        return seen

    def point_text(self, point: PointResult) -> str:
        """Return every variant's median."""
        if point.problem is not None and not is_measured(point):
            return point.problem.what
        return "   ".join(f"{variant.name} {median_text(variant)}" for variant in point.variants)

    def data_table(self) -> DataTable:
        """Every point of every variant."""
        header = (
            "parameter",
            "value",
            "variant",
            "median_us",
            "interval_low_us",
            "interval_high_us",
            "problem",
        )
        parameter = self.result.parameter if self.result else ""
        rows = (
            (
                parameter,
                point.value,
                variant.name,
                variant.median_us,
                *_interval(variant),
                variant.reason,
            )
            for point in (self.result.points if self.result else ())
            for variant in point.variants
        )
        return header, rows

    def _point(self, point: PointResult, name: str) -> CurvePoint | None:
        variant = next((each for each in point.variants if each.name == name), None)
        if variant is None or not variant.median_us:
            return None
        low, high = _interval(variant)
        return CurvePoint(
            self.place(point.value),
            math.log10(variant.median_us),
            math.log10(low) if low else None,
            math.log10(high) if high else None,
        )

    def _in_order(self, result: SweepResult) -> list[PointResult]:
        return sorted(result.points, key=lambda point: self.place(point.value))

    def _legend_entries(self, result: SweepResult) -> tuple[LegendEntry, ...]:
        names = [
            LegendEntry(name, variant_colour(number), "line") for number, name in enumerate(result.variants)
        ]
        if any(pair.crossovers for pair in result.pairs):
            names.append(LegendEntry(self.tr("crossover"), QColor(current_theme().accent), "dash"))
        if not all(map(is_measured, result.points)):
            names.append(LegendEntry(self.tr("no result"), QColor(current_theme().error), "tick"))
        return tuple(names)


def _interval(variant: VariantPoint) -> tuple[float | None, float | None]:
    return variant.interval_95_us or (None, None)
