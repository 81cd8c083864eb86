"""LayerChart: time per step by layer, window by window, forward and backward apart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QComboBox, QWidget

from engine.analysis.results import WindowSummary
from engine.analysis.units import format_us
from engine.trace.built_model import BuiltModel
from gui.charts.chart import DataTable
from gui.charts.layer_series import LayerSeries, LayerStack, stack
from gui.charts.legend import Legend, LegendEntry
from gui.charts.stacked_area import StackedArea
from gui.charts.time_chart import TimeChart
from gui.charts.time_link import TimeLink
from gui.theme.layer_colours import backward_colour, forward_colour, mixed, unattributed_colour
from gui.theme.theme import Theme, current_theme

# More colours than this can't be told apart; the rest is one band.
_SHOWN_LAYERS = 8
_SELECTOR_PX = 180
_CROWD_QUANTILE = 0.75
_OUTLIER_FACTOR = 3.0


class LayerChart(TimeChart):
    """A stack whose height is the variant's time per step: forward below, backward above it.

    A rare window that is far higher has a triangle at the top instead of its height; F shows all.
    """

    def __init__(self, link: TimeLink, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("LayerChart", "Time by layer")
        super().__init__(title, link, parent)
        self.selector = QComboBox()
        self.selector.setAccessibleName(self.tr("Variant"))
        # The names come with each run: the box must not keep the width of the first ones.
        self.selector.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.selector.setMaximumWidth(_SELECTOR_PX)
        self.selector.currentIndexChanged.connect(self._select)
        self.side_legend = Legend(is_horizontal=False)
        self._models: tuple[BuiltModel, ...] = ()
        self._series: list[LayerSeries] = []
        self._shown: list[list[int]] = []
        self._picked_at: list[int] = []
        self._windows: Sequence[WindowSummary] = ()
        self._origin_ns: int | None = None
        self._plot = self.add_plot("microseconds")
        self._area = StackedArea()
        self._outliers = pg.ScatterPlotItem(size=7, symbol="t1", pen=None)
        self._outliers.setZValue(20)
        self._shows_all = False
        self._plot.addItem(self._area, ignoreBounds=True)
        self._plot.addItem(self._outliers, ignoreBounds=True)
        self.header.insertWidget(1, self.selector)
        row = self.body.layout()
        assert row is not None
        row.addWidget(self.side_legend)
        row.setContentsMargins(0, 0, 6, 0)
        self.legend.hide()
        self.selector.hide()
        self.start_theme()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the plot most of the room."""
        super().resizeEvent(event)
        self.side_legend.setMaximumWidth(round(0.4 * self.width()))

    def clear(self, models: tuple[BuiltModel, ...]) -> None:
        """Start over for a run of these models."""
        self._models = models
        self._series = [LayerSeries(len(model.layers)) for model in models]
        self._shown = [[] for _ in models]
        self._picked_at = [0 for _ in models]
        self._windows, self._origin_ns = (), None
        self._shows_all = False
        self.selector.blockSignals(True)
        self.selector.clear()
        self.selector.addItems([model.name for model in models])
        self.selector.blockSignals(False)
        self.selector.setVisible(len(models) > 1)
        self.forget_tops()
        self.request_redraw()

    def set_windows(self, windows: Sequence[WindowSummary], origin_ns: int) -> None:
        """Take the summaries of all windows so far; those known already are skipped."""
        if len(windows) == len(self._windows):
            return
        for window in windows[len(self._windows) :]:
            self._series[window.variant].append(window)
        self._windows, self._origin_ns = windows, origin_ns
        self.request_redraw()

    def fit(self) -> None:
        """Fit the height to the crowd; once more, to every outlier."""
        self._shows_all = not self._shows_all if self.link.is_following else self._shows_all
        self.forget_tops()
        self.request_redraw()

    def redraw(self) -> None:
        """Draw the chosen variant's windows, at most one for two pixels."""
        variant = self.selector.currentIndex()
        if not 0 <= variant < len(self._series) or self._origin_ns is None:
            self._draw_nothing()
            return
        self._pick_layers(variant)
        series = self._series[variant]
        groups, colours = self._bands(variant)
        time_s = series.time_s(self._origin_ns)
        parts_us = series.grouped_us(self._origin_ns, groups)
        data = stack(time_s, parts_us, *self.link.range, self.plot_pixels // 2, self.link.newest_s)
        self._area.set_stack(data, colours)
        top = self.set_top(self._plot, self._highest(), may_shrink=not self.link.is_following)
        self._draw_outliers(data, top)
        self.side_legend.set_entries(self._legend_entries(variant))

    def readout_at(self, time_s: float) -> str:
        """The window of the chosen variant that stands at a time."""
        variant = self.selector.currentIndex()
        if self._origin_ns is None or not 0 <= variant < len(self._series):
            return ""
        series = self._series[variant]
        row = int(np.searchsorted(series.time_s(self._origin_ns), time_s, side="right")) - 1
        if row < 0:
            return ""
        window = series.windows[row]
        forward, backward = sum(window.layer_forward_us), sum(window.layer_backward_us)
        total = float(series.total_us(self._origin_ns)[row])
        return self.tr("forward {0}   backward {1}   total {2}").format(
            format_us(forward), format_us(backward), format_us(total)
        )

    def data_table(self) -> DataTable:
        """One row per window and layer, µs per step; loss and optimizer together are ``other``."""
        header = ("variant", "window", "time_ns", "layer", "forward_us", "backward_us")
        return header, (row for window in self._windows for row in self._rows(window))

    def apply_theme(self, theme: Theme) -> None:
        """Colour the bands anew."""
        super().apply_theme(theme)
        self._outliers.setBrush(QColor(theme.warning))
        self.request_redraw()

    def _rows(self, window: WindowSummary) -> list[tuple[object, ...]]:
        model = self._models[window.variant]
        head = (model.name, window.index, window.time_ns)
        times = zip(model.layers, window.layer_forward_us, window.layer_backward_us, strict=True)
        rows: list[tuple[object, ...]] = [(*head, layer.path or "(model)", f, b) for layer, f, b in times]
        rows.append((*head, "other", window.other_us, None))
        rows.append((*head, "unattributed", window.unattributed_us, None))
        return rows

    def _select(self) -> None:
        self.forget_tops()
        self.request_redraw()

    def _draw_nothing(self) -> None:
        self._area.set_stack(stack(np.empty(0), np.empty((0, 0)), 0, 1, 1, 1), [])
        self._outliers.setData([], [])
        self.side_legend.set_entries(())

    def _highest(self) -> float:
        """The highest stack of all variants: switching between them compares them."""
        assert self._origin_ns is not None
        totals = [series.total_us(self._origin_ns) for series in self._series if len(series)]
        largest = max((float(total.max()) for total in totals), default=1.0)
        usual = max((float(np.quantile(total, _CROWD_QUANTILE)) for total in totals), default=1.0)
        is_close = largest <= usual * _OUTLIER_FACTOR
        return largest if self._shows_all or is_close else usual * 1.5

    def _draw_outliers(self, data: LayerStack, top: float) -> None:
        beyond = data.parts_us.sum(axis=0) > top
        x = ((data.edges_s[:-1] + data.edges_s[1:]) / 2)[beyond] if beyond.size else np.empty(0)
        self._outliers.setData(x=x, y=np.full(len(x), top * 0.96))

    def _pick_layers(self, variant: int) -> None:
        """Choose the layers shown apart; anew only when the windows have doubled, so nothing jumps."""
        series = self._series[variant]
        if self._picked_at[variant] and len(series) < 2 * self._picked_at[variant]:
            return
        assert self._origin_ns is not None
        own = series.own_us(self._origin_ns)
        costly = [int(layer) for layer in np.argsort(-own, kind="stable") if own[layer] > 0]
        self._shown[variant] = sorted(costly[:_SHOWN_LAYERS])
        self._picked_at[variant] = len(series)

    def _bands(self, variant: int) -> tuple[list[list[int]], list[QColor]]:
        model, shown = self._models[variant], self._shown[variant]
        count = len(model.layers)
        rest = [layer for layer in range(count) if layer not in shown]
        paths = [model.layers[layer].path for layer in shown]
        forward = [[layer] for layer in shown] + [rest]
        backward = [[count + layer for layer in group] for group in forward]
        colours = [_forward(path) for path in paths] + [_rest_colour()]
        colours += [_backward(path) for path in paths] + [_rest_colour()]
        last = 2 * count
        return [*forward, *backward, [last], [last + 1]], [*colours, _other_colour(), unattributed_colour()]

    def _legend_entries(self, variant: int) -> tuple[LegendEntry, ...]:
        model, shown = self._models[variant], self._shown[variant]
        layers = [model.layers[layer] for layer in reversed(shown)]
        entries = [LegendEntry(layer.path or layer.type, _forward(layer.path)) for layer in layers]
        if len(shown) < len(model.layers) and len(shown) == _SHOWN_LAYERS:
            entries.append(LegendEntry(self.tr("other layers"), _rest_colour()))
        sums = self._series[variant].sums_us(self._origin_ns or 0)
        head = []
        if sums[-1] > 0:
            head.append(LegendEntry(self.tr("unattributed"), unattributed_colour()))
        if sums[-2] > 0:
            head.append(LegendEntry(self.tr("loss + optimizer"), _other_colour()))
        if sums[len(model.layers) : -2].any() and layers:
            entries.append(LegendEntry(self.tr("pale: backward"), _backward(layers[-1].path)))
        return (*head, *entries)


def _forward(path: str) -> QColor:
    """The whole model's own time must not look like time that belongs to nobody."""
    return forward_colour(path) if path else QColor(current_theme().accent)


def _backward(path: str) -> QColor:
    if path:
        return backward_colour(path)
    return mixed(_forward(path), QColor(current_theme().chart_background), 0.45)


def _rest_colour() -> QColor:
    return mixed(unattributed_colour(), QColor(current_theme().chart_background), 0.6)


def _other_colour() -> QColor:
    return mixed(unattributed_colour(), QColor(current_theme().text), 0.45)
