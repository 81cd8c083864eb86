"""RatioChart: every variant's step time over the baseline's, over the values of a sweep."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.sweep.results import PointResult, SweepResult
from gui.charts.chart import DataTable
from gui.charts.legend import LegendEntry
from gui.charts.time_chart import thin_pen
from gui.charts.variant_colours import variant_colour
from gui.sweep_page.curve import CurvePoint
from gui.sweep_page.point_columns import interval_text, ratio_text
from gui.sweep_page.sweep_chart import SweepChart
from gui.theme.theme import Theme

_LEAST_SHOWN = (0.9, 1.1)


class RatioChart(SweepChart):
    """A curve for each variant but the baseline, which is the line at 1: below it is faster."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(
            QCoreApplication.translate("RatioChart", "Ratio"), lambda ratio: f"{ratio:.3g} ×", parent
        )
        self._one = pg.InfiniteLine(0.0, 0, movable=False)
        self.plot.addItem(self._one, ignoreBounds=True)
        self.start_theme()

    def draw_curves(self, result: SweepResult) -> list[float]:
        """Draw a curve for each variant but the baseline."""
        seen = list(_LEAST_SHOWN)
        ordered = sorted(result.points, key=lambda point: self.place(point.value))
        colours = {name: variant_colour(number) for number, name in enumerate(result.variants)}
        for pair, curve in zip(result.pairs, self.take_curves(len(result.pairs)), strict=True):
            found = [self._point(point, pair.variant) for point in ordered]
            curve.draw(found, colours[pair.variant], self.beam)
            seen += [10**each for p in found if p for each in (p.middle, p.low, p.high) if each is not None]
        entries = [
            LegendEntry(
                self.tr("{0} / {1}").format(pair.variant, pair.baseline), colours[pair.variant], "line"
            )
            for pair in result.pairs
        ]
        self.legend.set_entries(tuple(entries))
        return seen

    def point_text(self, point: PointResult) -> str:
        """Return every ratio with its interval."""
        return "   ".join(
            f"{found.variant} {ratio_text(found.ratio)} ({interval_text(found.ratio)})"
            for found in point.comparisons
        )

    def data_table(self) -> DataTable:
        """Every ratio of every variant."""
        header = (
            "parameter",
            "value",
            "baseline",
            "variant",
            "ratio",
            "interval_low",
            "interval_high",
            "verdict",
        )
        parameter = self.result.parameter if self.result else ""
        rows = (
            (parameter, point.value, found.baseline, found.variant, *_numbers(found.ratio))
            for point in (self.result.points if self.result else ())
            for found in point.comparisons
        )
        return header, rows

    def apply_theme(self, theme: Theme) -> None:
        """Colour the line at 1, too."""
        super().apply_theme(theme)
        self._one.setPen(thin_pen(theme.muted))

    def _point(self, point: PointResult, variant: str) -> CurvePoint | None:
        found = point.comparison_of(variant)
        if found is None or found.ratio is None or found.ratio.ratio <= 0:
            return None
        interval = found.ratio.interval_95
        low, high = (None, None) if interval is None else map(math.log10, interval)
        return CurvePoint(self.place(point.value), math.log10(found.ratio.ratio), low, high)


def _numbers(ratio: RatioEstimate | None) -> tuple[object, ...]:
    if ratio is None:
        return (None, None, None, None)
    return (ratio.ratio, *(ratio.interval_95 or (None, None)), ratio.verdict)
