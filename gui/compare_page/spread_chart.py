"""SpreadChart: the step times of both variants, in the same bins."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.comparison.step_spread import Floats, StepSpread
from engine.analysis.units import format_share, format_us
from gui.charts.chart import Chart, DataTable
from gui.charts.legend import LegendEntry
from gui.charts.nice_numbers import nice_ceiling
from gui.charts.time_chart import thin_pen
from gui.compare_page.plain_plot import colour_plot, plain_canvas, plain_plot
from gui.compare_page.verdict_words import tr
from gui.theme.theme import Theme, current_theme

_FILL_ALPHA = 90


class SpreadChart(Chart):
    """Two histograms, one over the other: each in percent of its own steps, medians as dashed lines."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Step times"), parent)
        self._spread: StepSpread | None = None
        self._ratio: RatioEstimate | None = None
        self._colours = (QColor(), QColor())
        self.canvas = plain_canvas()
        self.plot = plain_plot("percent", "microseconds")
        self.canvas.addItem(self.plot)
        self.curves = [self.plot.plot([0, 1], [0], stepMode="center", fillLevel=0) for _ in range(2)]
        self.medians = [pg.InfiniteLine(angle=90, movable=False) for _ in range(2)]
        for line in self.medians:
            self.plot.addItem(line, ignoreBounds=True)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.canvas)
        self.canvas.scene().sigMouseMoved.connect(self._point_at)
        self.start_theme()

    def set_spread(
        self, spread: StepSpread | None, ratio: RatioEstimate | None, colours: tuple[QColor, QColor]
    ) -> None:
        """Take a comparison's spread; ``colours`` are the baseline's and the variant's."""
        self._spread, self._ratio, self._colours = spread, ratio, colours
        self.request_redraw()

    def redraw(self) -> None:
        """Draw both."""
        spread = self._spread
        self.show_message("" if spread is not None else tr("Unavailable: no bare steps of both were timed."))
        if spread is None:
            return
        shares = (spread.baseline_share, spread.variant_share)
        for curve, share in zip(self.curves, shares, strict=True):
            curve.setData(spread.edges_us, share * 100)
        top = nice_ceiling(max(float(share.max()) for share in shares) * 104)
        self.plot.setRange(
            xRange=(float(spread.edges_us[0]), float(spread.edges_us[-1])), yRange=(0, top), padding=0
        )
        self._show_medians()
        self._colour_data()

    def apply_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.canvas.setBackground(theme.chart_background)
        colour_plot(self.plot, theme, self.font())
        self._colour_data()

    def data_table(self) -> DataTable:
        """Every bin with both shares."""
        header = ("from_us", "to_us", "baseline_share", "variant_share")
        spread = self._spread
        if spread is None:
            return header, ()
        columns = (spread.edges_us[:-1], spread.edges_us[1:], spread.baseline_share, spread.variant_share)
        return header, zip(*(column.tolist() for column in columns), strict=True)

    def readout_at(self, us: float) -> str:
        """Return both shares of the bin at a duration; empty beside the bins."""
        spread = self._spread
        if spread is None:
            return ""
        place = int(np.searchsorted(spread.edges_us, us, side="right")) - 1
        if not 0 <= place < len(spread.baseline_share):
            return ""
        low, high = spread.edges_us[place], spread.edges_us[place + 1]
        is_last = spread.is_cut and place == len(spread.baseline_share) - 1
        span = (
            tr("from {0} on").format(format_us(low)) if is_last else f"{format_us(low)} … {format_us(high)}"
        )
        names = (spread.baseline, spread.variant)
        shares = (spread.baseline_share, spread.variant_share)
        told = (f"{name} {_percent(share, place)}" for name, share in zip(names, shares, strict=True))
        return "   ".join((span, *told))

    def _show_medians(self) -> None:
        ratio = self._ratio
        for number, line in enumerate(self.medians):
            line.setVisible(ratio is not None)
            if ratio is not None:
                line.setValue((ratio.baseline_median_us, ratio.variant_median_us)[number])

    def _colour_data(self) -> None:
        for curve, line, colour in zip(self.curves, self.medians, self._colours, strict=True):
            fill = QColor(colour)
            fill.setAlpha(_FILL_ALPHA)
            curve.setPen(thin_pen(colour))
            curve.setBrush(fill)
            line.setPen(thin_pen(colour, Qt.PenStyle.DashLine))
        self.legend.set_entries(self._legend_entries())

    def _legend_entries(self) -> tuple[LegendEntry, ...]:
        if self._spread is None:
            return ()
        names = (self._spread.baseline, self._spread.variant)
        entries = [LegendEntry(name, colour) for name, colour in zip(names, self._colours, strict=True)]
        median = LegendEntry(tr("median"), QColor(current_theme().chart_foreground), "dash")
        return (*entries, median)

    def _point_at(self, position: QPointF) -> None:
        is_inside = self.plot.vb.sceneBoundingRect().contains(position)
        at = float(self.plot.vb.mapSceneToView(position).x()) if is_inside else None
        self.set_readout("" if at is None or self.message else self.readout_at(at))


def _percent(share: Floats, place: int) -> str:
    return format_share(float(share[place]))
