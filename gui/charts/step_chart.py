"""StepChart: every step's time, per variant, with the profile windows marked."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from engine.analysis.units import format_us
from engine.trace.step_table import StepFlag, StepTable
from gui.charts.chart import DataTable
from gui.charts.decimation import Columns, crowd, min_max_columns
from gui.charts.legend import LegendEntry
from gui.charts.step_series import StepSeries
from gui.charts.time_chart import TimeChart, thin_pen
from gui.charts.time_link import TimeLink
from gui.charts.variant_colours import variant_colour
from gui.theme.theme import Theme, current_theme

_WINDOW_TICK = 0.05  # of the plot's height
_CROWD_QUANTILE = 0.9
_OUTLIER_FACTOR = 3.0


class StepChart(TimeChart):
    """A strip of all steps. Rare outliers beyond the axis show as triangles at its top; F shows all."""

    def __init__(self, link: TimeLink, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("StepChart", "Step time"), link, parent)
        self._steps: StepTable | None = None
        self._series = StepSeries()
        self._names: tuple[str, ...] = ()
        self._medians: tuple[float | None, ...] = ()
        self._shows_all = False
        self._may_shrink = False
        self._plot = self.add_plot("microseconds")
        self._curves: list[pg.PlotCurveItem] = []
        self._median_lines: list[pg.InfiniteLine] = []
        self._outliers = pg.ScatterPlotItem(size=7, symbol="t1", pen=None)
        self._windows = pg.PlotCurveItem(connect="pairs", skipFiniteCheck=True)
        self._warm_up: list[pg.LinearRegionItem] = []
        self._outliers.setZValue(20)
        self._plot.addItem(self._windows)
        self._plot.addItem(self._outliers)
        self.start_theme()

    @property
    def origin_ns(self) -> int | None:
        """Unix time of the run's first step."""
        return self._series.origin_ns

    def clear(self, names: tuple[str, ...]) -> None:
        """Start over for a run of the named variants."""
        self._steps, self._series = None, StepSeries()
        self._names, self._medians = names, (None,) * len(names)
        self._shows_all = False
        for item in (*self._curves, *self._median_lines, *self._warm_up):
            self._plot.removeItem(item)
        self._warm_up = []
        self._curves = [pg.PlotCurveItem(skipFiniteCheck=True) for _ in names]
        self._median_lines = [pg.InfiniteLine(angle=0, movable=False) for _ in names]
        for curve, line in zip(self._curves, self._median_lines, strict=True):
            line.setZValue(10)
            line.hide()
            self._plot.addItem(curve)
            self._plot.addItem(line, ignoreBounds=True)
        self._windows.setData([], [])
        self._outliers.setData([], [])
        self.forget_tops()
        self.apply_theme(current_theme())
        self.request_redraw()

    def set_steps(self, steps: StepTable) -> None:
        """Take the newest snapshot of the run's steps."""
        if steps is not self._steps:
            self._steps = steps
            self._series.extend(steps)
            self.link.extend(self._series.newest_s)
            self.request_redraw()

    def set_medians(self, medians_us: tuple[float | None, ...]) -> None:
        """Draw each variant's median of its timed steps."""
        if medians_us != self._medians:
            self._medians = medians_us
            self.request_redraw()

    def fit(self) -> None:
        """Fit the height to the crowd; once more, to every outlier."""
        self._shows_all = not self._shows_all if self.link.is_following else self._shows_all
        self._may_shrink = True
        self.request_redraw()

    def redraw(self) -> None:
        """Draw at most two points per pixel column and variant."""
        start, end = self.link.range
        pixels = self.plot_pixels
        drawn = [
            min_max_columns(*self._series.columns(v), start, end, pixels, width_per_y=1e-6)
            for v in self._series.variants[: len(self._curves)]
        ]
        for curve, columns in zip(self._curves, drawn, strict=False):
            # A longer pause than a step, and than is usual between two: another variant had its turn.
            usual = float(np.median(np.diff(columns.x))) if len(columns.x) > 1 else 0.0
            gap = np.maximum(columns.high / 1e6, 3 * max(usual, (end - start) / pixels))
            x, y, joins = columns.zigzag(gap)
            curve.setData(x, y, connect=joins)
        top = self.set_top(
            self._plot, self._height(drawn, start, end), self._may_shrink or not self.link.is_following
        )
        self._may_shrink = False
        self._draw_outliers(drawn, top)
        self._draw_windows(start, end, pixels, top)
        self._draw_warm_up()
        self._draw_medians()
        self.legend.set_entries(self._legend_entries(current_theme()))

    def readout_at(self, time_s: float) -> str:
        """The step of each variant that ran then."""
        parts = [f"t = {format_us(time_s * 1e6)}"]
        for name, variant in zip(self._names, self._series.variants, strict=False):
            times, durations = self._series.columns(variant)
            row = int(np.searchsorted(times, time_s, side="right")) - 1
            if row >= 0:
                parts.append(f"{name} {format_us(float(durations[row]))}")
        return "   ".join(parts)

    def data_table(self) -> DataTable:
        """Every step, profiled and warm-up ones included."""
        header = ("variant", "step", "start_ns", "duration_us", "is_profiled", "is_warm_up", "is_interrupted")
        steps = self._steps
        if steps is None:
            return header, ()
        names = np.array([*self._names, "?"])
        told = (StepFlag.PROFILED, StepFlag.WARM_UP, StepFlag.INTERRUPTED)
        columns = (
            names[np.minimum(steps.variant, len(self._names))].tolist(),
            steps.step.tolist(),
            steps.start_ns.tolist(),
            (steps.duration_ns / 1e3).tolist(),
            *(((steps.flags & flag) > 0).astype(int).tolist() for flag in told),
        )
        return header, zip(*columns, strict=True)

    def apply_theme(self, theme: Theme) -> None:
        """Colour curves, medians, marks and the legend."""
        super().apply_theme(theme)
        for index, (curve, line) in enumerate(zip(self._curves, self._median_lines, strict=True)):
            colour = variant_colour(index)
            faint = QColor(colour)
            faint.setAlpha(150)
            curve.setPen(thin_pen(faint))
            line.setPen(thin_pen(colour, Qt.PenStyle.DashLine))
        self._outliers.setBrush(QColor(theme.warning))
        self._windows.setPen(thin_pen(theme.accent))
        for region in self._warm_up:
            region.setBrush(_shade(theme))
        self.legend.set_entries(self._legend_entries(theme))

    def _legend_entries(self, theme: Theme) -> tuple[LegendEntry, ...]:
        variants = [LegendEntry(name, variant_colour(i), "line") for i, name in enumerate(self._names)]
        if not variants:
            return ()
        if len(self._series.window_time_s) and not self._series.has_timed_steps:
            note = LegendEntry(
                self.tr("all steps profiled: their times include the profiler"), QColor(0, 0, 0, 0)
            )
            return (*variants, note)
        return (
            *variants,
            LegendEntry(self.tr("median"), QColor(theme.chart_foreground), "dash"),
            LegendEntry(self.tr("profile window"), QColor(theme.accent), "tick"),
            LegendEntry(self.tr("warm-up"), _shade(theme), "fill"),
        )

    def _height(self, drawn: list[Columns], start: float, end: float) -> float:
        highs = [columns.high for columns in drawn if len(columns.high)]
        if not highs:
            return 1.0
        largest = max(float(high.max()) for high in highs)
        # Of the steps, not of the columns: a rare long step fills many of them.
        series = [self._series.columns(variant) for variant in self._series.variants]
        usual = max(crowd(x, y, start, end, _CROWD_QUANTILE) for x, y in series)
        is_close = largest <= usual * _OUTLIER_FACTOR
        return largest if self._shows_all or is_close else usual * 1.5

    def _draw_outliers(self, drawn: list[Columns], top: float) -> None:
        beyond = [columns.x[columns.high > top] for columns in drawn]
        x = np.concatenate(beyond) if beyond else np.empty(0)
        self._outliers.setData(x=x, y=np.full(len(x), top * 0.96))

    def _draw_windows(self, start: float, end: float, pixels: int, top: float) -> None:
        times = self._series.window_time_s.values
        times = times[np.searchsorted(times, start) : np.searchsorted(times, end, side="right")]
        # One tick per pixel column is all that can be seen.
        columns = ((times - start) / (end - start) * pixels).astype(np.int64)
        times = times[np.unique(columns, return_index=True)[1]]
        x = np.repeat(times, 2)
        y = np.tile((0.0, top * _WINDOW_TICK), len(times))
        self._windows.setData(x, y, connect="pairs")

    def _draw_warm_up(self) -> None:
        spans = self._series.warm_up_spans[:50]
        while len(self._warm_up) < len(spans):
            region = pg.LinearRegionItem(movable=False, brush=_shade(current_theme()), pen=pg.mkPen(None))
            region.setZValue(-10)
            self._warm_up.append(region)
            self._plot.addItem(region, ignoreBounds=True)
        for region, span in zip(self._warm_up, spans, strict=True):
            region.setRegion(span)

    def _draw_medians(self) -> None:
        for line, median in zip(self._median_lines, self._medians, strict=False):
            line.setVisible(median is not None)
            if median is not None:
                line.setValue(median)


def _shade(theme: Theme) -> QColor:
    colour = QColor(theme.warning)
    colour.setAlpha(40)
    return colour
