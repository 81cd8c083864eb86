"""PairsChart: how much longer the variant's steps took, pair by pair over the run."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.comparison.step_spread import Floats, StepSpread
from engine.analysis.units import format_us
from gui.charts.chart import DataTable
from gui.charts.legend import LegendEntry
from gui.charts.nice_numbers import nice_ceiling
from gui.charts.time_chart import TimeChart, thin_pen
from gui.charts.time_link import TimeLink
from gui.compare_page.verdict_words import ratio_text, tr
from gui.theme.theme import Theme, current_theme

_BAND_ALPHA = 50
# This share of the pairs at either end may lie beyond the chart; their numbers are in its data.
_OUTLIERS = 0.01
# Ratios within a percent of each other are no hills and valleys.
_LEAST_SPAN = 0.02


class PairsChart(TimeChart):
    """The ratio of each pair's medians over time, the 95 % interval as a band, and a line at 1."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Variant over baseline, pair by pair"), TimeLink(), parent)
        self._spread: StepSpread | None = None
        self._ratio: RatioEstimate | None = None
        self._colour = QColor()
        self._plot = self.add_plot("ratio")
        self.band = pg.LinearRegionItem(orientation="horizontal", movable=False)
        self.band.setZValue(-20)
        self.one = pg.InfiniteLine(pos=1.0, angle=0, movable=False)
        self.one.setZValue(-10)
        for item in (self.band, self.one):
            self._plot.addItem(item, ignoreBounds=True)
        self.points = pg.PlotDataItem(pen=None, symbol="o", symbolSize=5, pxMode=True)
        self._plot.addItem(self.points)
        self.start_theme()

    def set_spread(self, spread: StepSpread | None, ratio: RatioEstimate | None, colour: QColor) -> None:
        """Take a comparison's pairs; ``colour`` is the variant's."""
        self._spread, self._ratio, self._colour = spread, ratio, colour
        if spread is not None and len(spread.pair_time_s):
            self.link.extend(float(spread.pair_time_s[-1]))
        self.request_redraw()

    @property
    def ratios(self) -> Floats:
        """The variant's median over the baseline's, by pair."""
        return np.empty(0) if self._spread is None else self._spread.pair_ratio

    def redraw(self) -> None:
        """Draw points and band."""
        ratios, spread = self.ratios, self._spread
        if spread is None or not len(ratios):
            self.show_message(tr("Unavailable: the two did not take turns in one run."))
            return
        self.show_message("")
        self.points.setData(spread.pair_time_s, ratios)
        interval = self._ratio.interval_95 if self._ratio else None
        self.band.setVisible(interval is not None)
        if interval is not None:
            self.band.setRegion(interval)
        self._fit(ratios)
        self._colour_data()

    def readout_at(self, time_s: float) -> str:
        """Return the pair before a time."""
        spread = self._spread
        if spread is None or not len(spread.pair_time_s):
            return ""
        place = max(0, int(np.searchsorted(spread.pair_time_s, time_s, side="right")) - 1)
        first, second = float(spread.pair_baseline_us[place]), float(spread.pair_variant_us[place])
        return f"{ratio_text(second / first)}   {format_us(first)} → {format_us(second)}"

    def data_table(self) -> DataTable:
        """Every pair."""
        header = ("time_s", "baseline_median_us", "variant_median_us", "ratio")
        spread = self._spread
        if spread is None:
            return header, ()
        columns = (spread.pair_time_s, spread.pair_baseline_us, spread.pair_variant_us, self.ratios)
        return header, zip(*(column.tolist() for column in columns), strict=True)

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().apply_theme(theme)
        self.one.setPen(thin_pen(theme.muted, Qt.PenStyle.DashLine))
        self._colour_data()

    def _fit(self, ratios: Floats) -> None:
        """Show nearly all ratios, the interval and the line at 1, between ends that move in steps."""
        low, high = np.quantile(ratios, (_OUTLIERS, 1 - _OUTLIERS)).tolist()
        interval = (self._ratio.interval_95 if self._ratio else None) or (1.0, 1.0)
        low, high = min(low, interval[0], 1.0), max(high, interval[1], 1.0)
        step = nice_ceiling(max(high - low, _LEAST_SPAN) / 6)
        self._plot.setYRange(math.floor(low / step) * step, math.ceil(high / step) * step, padding=0.02)

    def _colour_data(self) -> None:
        fill = QColor(self._colour)
        fill.setAlpha(_BAND_ALPHA)
        self.points.setSymbolBrush(self._colour)
        self.points.setSymbolPen(None)
        self.band.setBrush(fill)
        for line in self.band.lines:
            line.setPen(thin_pen(fill))
        self.legend.set_entries(self._legend_entries(fill))

    def _legend_entries(self, band: QColor) -> tuple[LegendEntry, ...]:
        if not len(self.ratios):
            return ()
        return (
            LegendEntry(tr("95 % interval"), band),
            LegendEntry(tr("as fast"), QColor(current_theme().muted), "dash"),
        )
