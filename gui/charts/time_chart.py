"""TimeChart: plots over the linked time axis, with the linked cursor."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.charts.chart import Chart
from gui.charts.nice_numbers import nice_ceiling
from gui.charts.time_link import TimeLink
from gui.charts.time_view_box import TimeViewBox
from gui.charts.unit_axis import UnitAxis
from gui.charts.units import Quantity
from gui.theme.theme import Theme, current_theme

# All charts leave the same room for their left axis, so that equal times stand in line.
LEFT_AXIS_PX = 62
_EMPTY_SHARE = 0.25

pg.setConfigOptions(useOpenGL=False, antialias=False)


def thin_pen(colour: str | QColor, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    """Return a cosmetic pen of one pixel: wider ones are ten times slower to draw."""
    pen = QPen(QColor(colour), 1, style)
    pen.setCosmetic(True)
    return pen


class TimeChart(Chart):
    """One or more plots, one under the other, over the seconds of a `TimeLink`."""

    def __init__(self, title: str, link: TimeLink, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.link = link.branch()
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.canvas.ci.layout.setContentsMargins(0, 8, 8, 0)
        self.canvas.ci.layout.setSpacing(2)
        self.plots: list[pg.PlotItem] = []
        self._cursors: list[pg.InfiniteLine] = []
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.canvas, 1)
        self.canvas.scene().sigMouseMoved.connect(self._point_at)
        self.canvas.viewport().installEventFilter(self)
        self.link.cursor_moved.connect(self._move_cursor)
        self.link.range_changed.connect(self._follow_range)

    # ---- for subclasses

    def readout_at(self, _time_s: float) -> str:
        """Return the numbers at a time."""
        return ""

    def add_plot(self, quantity: Quantity) -> pg.PlotItem:
        """Add a plot below those there are; only the lowest shows its time axis."""
        axes = {"left": UnitAxis("left", quantity), "bottom": UnitAxis("bottom", "seconds")}
        plot = pg.PlotItem(viewBox=TimeViewBox(self.link), axisItems=axes, enableMenu=False)
        plot.hideButtons()
        plot.getAxis("left").setWidth(LEFT_AXIS_PX)
        plot.setYRange(0, 1, padding=0)
        plot.has_data = False
        for other in self.plots:
            other.getAxis("bottom").setStyle(showValues=False)
            other.getAxis("bottom").setHeight(4)
        self.canvas.addItem(plot, row=len(self.plots), col=0)
        self.plots.append(plot)
        cursor = pg.InfiniteLine(angle=90, movable=False)
        cursor.setZValue(100)
        cursor.hide()
        plot.addItem(cursor, ignoreBounds=True)
        self._cursors.append(cursor)
        self._colour_plot(plot, cursor, current_theme())
        return plot

    def clear_plots(self) -> None:
        """Take all plots out."""
        self.canvas.clear()
        self.plots, self._cursors = [], []

    def set_top(self, plot: pg.PlotItem, largest: float, may_shrink: bool = False) -> float:
        """Let the vertical axis reach 0 … a round number. Returns its top.

        Live, it grows in steps, and falls only when most of it has become empty.
        """
        top = nice_ceiling(largest * 1.04)
        current = plot.viewRange()[1][1]
        if self.link.is_following and not may_shrink and plot.has_data and top > _EMPTY_SHARE * current:
            top = max(top, current)
        plot.has_data = True
        if top != current:
            plot.setYRange(0, top, padding=0)
        return top

    def forget_tops(self) -> None:
        """Let the vertical axes start over."""
        for plot in self.plots:
            plot.has_data = False

    @property
    def plot_pixels(self) -> int:
        """Width of the plots' drawing area."""
        width = self.plots[0].vb.width() if self.plots else 0
        return max(50, int(width) or self.canvas.width() - LEFT_AXIS_PX)

    # ---- linked

    def apply_theme(self, theme: Theme) -> None:
        """Colour background, axes and cursors."""
        self.canvas.setBackground(theme.chart_background)
        for plot, cursor in zip(self.plots, self._cursors, strict=True):
            self._colour_plot(plot, cursor, theme)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the cursor when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self.link.move_cursor(None)
        return super().eventFilter(watched, event)

    def _follow_range(self) -> None:
        self.request_redraw()

    def _point_at(self, position: QPointF) -> None:
        for plot in self.plots:
            if plot.vb.sceneBoundingRect().contains(position):
                self.link.move_cursor(float(plot.vb.mapSceneToView(position).x()))
                return
        self.link.move_cursor(None)

    def _move_cursor(self, time_s: float | None) -> None:
        for cursor in self._cursors:
            cursor.setVisible(time_s is not None)
            if time_s is not None:
                cursor.setValue(time_s)
        self.set_readout("" if time_s is None or self.message else self.readout_at(time_s))

    def _colour_plot(self, plot: pg.PlotItem, cursor: pg.InfiniteLine, theme: Theme) -> None:
        for name in ("left", "bottom"):
            axis = plot.getAxis(name)
            axis.setPen(thin_pen(theme.grid))
            axis.setTextPen(theme.muted)
            axis.setStyle(tickLength=-3 if name == "bottom" else 0, tickFont=self.font())
            axis.setStyle(hideOverlappingLabels=name == "bottom")
            # Grid lines belong behind the data, not across it.
            axis.setZValue(-1000)
        plot.getAxis("left").setGrid(255)
        cursor.setPen(thin_pen(theme.muted))
