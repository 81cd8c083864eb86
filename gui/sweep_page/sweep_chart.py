"""SweepChart: what the charts of a sweep share: values below, logarithms at the left, points to click."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.analysis.sweep.results import Crossover, PointResult, SweepResult
from engine.analysis.sweep.sentences import named
from engine.experiment.sweep import SweepValue
from gui.charts.chart import Chart
from gui.charts.time_chart import LEFT_AXIS_PX, thin_pen
from gui.sweep_page.curve import Curve
from gui.sweep_page.value_axis import LogAxis, ValueAxis, place_of, value_text
from gui.theme.theme import Theme, current_theme

_MARGIN = 0.06
_BEAM = 0.012
# How near the mouse must be to a point to mean it.
_NEAR_PX = 24


def is_measured(point: PointResult) -> bool:
    """Whether any variant has a median there."""
    return any(variant.median_us is not None for variant in point.variants)


class SweepChart(Chart):
    """One plot over the values of a sweep. ``point_clicked`` carries a `PointResult`."""

    point_clicked = Signal(object)

    def __init__(self, title: str, label: Callable[[float], str], parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self._result: SweepResult | None = None
        self._values: tuple[SweepValue, ...] = ()
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.canvas.ci.layout.setContentsMargins(0, 8, 12, 0)
        self.values_axis = ValueAxis()
        self.plot = pg.PlotItem(
            axisItems={"left": LogAxis(label), "bottom": self.values_axis}, enableMenu=False
        )
        self.plot.hideButtons()
        self.plot.setMouseEnabled(False, False)
        self.plot.getAxis("left").setWidth(LEFT_AXIS_PX)
        self.canvas.addItem(self.plot)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        self._cursor.hide()
        self.plot.addItem(self._cursor, ignoreBounds=True)
        self._marks: list[pg.GraphicsObject] = []
        self.curves: list[Curve] = []
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.canvas)
        self.canvas.scene().sigMouseMoved.connect(self._point_at)
        self.canvas.scene().sigMouseClicked.connect(self._click)
        self.canvas.viewport().installEventFilter(self)

    # ---- for subclasses

    def point_text(self, _point: PointResult) -> str:
        """Return a point's numbers in a line."""
        raise NotImplementedError

    def draw_curves(self, result: SweepResult) -> list[float]:
        """Draw the curves and return all numbers, above 0, that must be seen."""
        raise NotImplementedError

    # ---- data

    def set_result(self, result: SweepResult | None, values: Sequence[SweepValue]) -> None:
        """Take the sweep's newest result; ``values`` are all it will have."""
        self._result, self._values = result, tuple(values)
        self.request_redraw()

    @property
    def result(self) -> SweepResult | None:
        """What it draws."""
        return self._result

    def place(self, value: SweepValue) -> float:
        """Return where a value stands on the axis."""
        return place_of(value, self._values)

    def redraw(self) -> None:
        """Draw all points so far: they are a hundred at most."""
        result = self._result
        if result is None or not self._values:
            return
        self.values_axis.set_values(self._values)
        places = [self.place(value) for value in self._values]
        margin = max(0.2, _MARGIN * (max(places) - min(places)))
        self.plot.setXRange(min(places) - margin, max(places) + margin, padding=0)
        seen = [math.log10(number) for number in self.draw_curves(result) if number > 0]
        if seen:
            margin = max(0.01, _MARGIN * (max(seen) - min(seen)))
            self.plot.setYRange(min(seen) - margin, max(seen) + margin, padding=0)
        self._draw_crossovers([crossing for pair in result.pairs for crossing in pair.crossovers])

    @property
    def beam(self) -> float:
        """How wide the ends of whiskers are, on the axis of values."""
        low, high = self.plot.viewRange()[0]
        return float(_BEAM * (high - low))

    def take_curves(self, count: int) -> list[Curve]:
        """Return that many curves, made or taken out as needed."""
        while len(self.curves) < count:
            self.curves.append(Curve(self.plot))
        while len(self.curves) > count:
            self.curves.pop().remove()
        return self.curves

    def _draw_crossovers(self, crossings: Sequence[Crossover]) -> None:
        for mark in self._marks:
            self.plot.removeItem(mark)
        self._marks = []
        shade = QColor(current_theme().accent)
        shade.setAlpha(28)
        for crossing in crossings:
            span = [self.place(crossing.low), self.place(crossing.high)]
            region = pg.LinearRegionItem(span, movable=False, brush=shade, pen=pg.mkPen(None))
            region.setZValue(-50)
            self._marks.append(region)
            if crossing.estimate is not None:
                pen = thin_pen(current_theme().accent, Qt.PenStyle.DashLine)
                self._marks.append(pg.InfiniteLine(math.log2(crossing.estimate), 90, pen=pen))
        for mark in self._marks:
            self.plot.addItem(mark, ignoreBounds=True)

    # ---- the mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the cursor when the mouse leaves."""
        if event.type() == QEvent.Type.Leave:
            self._show_point(None)
        return super().eventFilter(watched, event)

    def point_near(self, position: QPointF) -> PointResult | None:
        """Return the point that a place of the scene is near to."""
        box = self.plot.vb
        if self._result is None or not box.sceneBoundingRect().contains(position):
            return None
        reach = [
            (abs(box.mapViewToScene(QPointF(self.place(point.value), 0)).x() - position.x()), number)
            for number, point in enumerate(self._result.points)
        ]
        distance, number = min(reach, default=(math.inf, 0))
        return self._result.points[number] if distance <= _NEAR_PX else None

    def _point_at(self, position: QPointF) -> None:
        self._show_point(self.point_near(position))

    def _show_point(self, point: PointResult | None) -> None:
        self._cursor.setVisible(point is not None)
        self.canvas.setCursor(
            Qt.CursorShape.ArrowCursor if point is None else Qt.CursorShape.PointingHandCursor
        )
        if point is None or self._result is None:
            self.set_readout("")
            return
        self._cursor.setValue(self.place(point.value))
        self.set_readout(
            f"{named(self._result.parameter)} {value_text(point.value)}   {self.point_text(point)}"
        )

    def _click(self, event: object) -> None:
        point = self.point_near(event.scenePos())  # type: ignore[attr-defined]
        if point is not None and event.button() == Qt.MouseButton.LeftButton:  # type: ignore[attr-defined]
            self.point_clicked.emit(point)

    # ---- looks

    def apply_theme(self, theme: Theme) -> None:
        """Colour background and axes."""
        self.canvas.setBackground(theme.chart_background)
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(thin_pen(theme.grid))
            axis.setTextPen(theme.muted)
            axis.setStyle(tickLength=-3 if name == "bottom" else 0, tickFont=self.font())
            axis.setZValue(-1000)
        self.plot.getAxis("left").setGrid(255)
        self._cursor.setPen(thin_pen(theme.muted))
