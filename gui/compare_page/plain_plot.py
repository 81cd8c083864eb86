"""A plot over a quantity that is not time: no mouse, no menu, quiet axes."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont

from gui.charts.time_chart import LEFT_AXIS_PX, thin_pen
from gui.charts.unit_axis import UnitAxis
from gui.charts.units import Quantity
from gui.theme.theme import Theme


def plain_canvas() -> pg.GraphicsLayoutWidget:
    """Return a canvas to add plots to; the chart around it has the context menu."""
    canvas = pg.GraphicsLayoutWidget()
    canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
    canvas.ci.layout.setContentsMargins(0, 8, 12, 0)
    return canvas


def plain_plot(left: Quantity, bottom: Quantity) -> pg.PlotItem:
    """Return a plot whose ranges are set by the chart alone."""
    axes = {"left": UnitAxis("left", left), "bottom": UnitAxis("bottom", bottom)}
    plot = pg.PlotItem(
        viewBox=pg.ViewBox(enableMenu=False, enableMouse=False), axisItems=axes, enableMenu=False
    )
    plot.hideButtons()
    plot.vb.disableAutoRange()
    plot.getAxis("left").setWidth(LEFT_AXIS_PX)
    return plot


def colour_plot(plot: pg.PlotItem, theme: Theme, font: QFont) -> None:
    """Give a plot's axes the theme's colours, as those of charts over time have them."""
    for name in ("left", "bottom"):
        axis = plot.getAxis(name)
        axis.setPen(thin_pen(theme.grid))
        axis.setTextPen(theme.muted)
        axis.setStyle(tickLength=-3 if name == "bottom" else 0, tickFont=font)
        axis.setStyle(hideOverlappingLabels=name == "bottom")
        axis.setZValue(-1000)
    plot.getAxis("left").setGrid(255)
