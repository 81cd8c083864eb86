"""SweepPage: define a sweep, watch it grow, and read where one variant overtakes another."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.analysis.sweep.results import PointResult, SweepResult
from engine.analysis.sweep.sentences import named
from engine.host.inspection import Environment
from gui.charts.chart import Chart
from gui.charts.redraw_clock import redraw_clock
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.sweep_page.point_columns import point_columns
from gui.sweep_page.ratio_chart import RatioChart
from gui.sweep_page.scaling_chart import ScalingChart
from gui.sweep_page.sweep_form import SweepForm
from gui.sweep_page.sweep_session import SweepSession
from gui.sweep_page.value_axis import value_text
from gui.tables.cost_view import CostView
from gui.tables.empty_state import EmptyState
from gui.tables.row_table_model import RowTableModel


class SweepPage(QWidget):
    """Shows what the session holds. ``point_opened`` carries a point's recording and how to call it."""

    point_opened = Signal(Path, str)

    def __init__(
        self, project: Project, inspection: Inspection, session: SweepSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._shown_columns: tuple[str, tuple[str, ...], tuple[str, ...]] | None = None
        self.form = SweepForm(project)
        self.finding = QLabel()
        self.note = QLabel()
        self.scaling = ScalingChart()
        self.ratio = RatioChart()
        self.view = CostView(self.tr("Sweep"))
        self.view.setRootIsDecorated(False)
        self.model: RowTableModel[PointResult] | None = None
        self.empty = EmptyState()
        self._lay_out()
        self._connect(inspection)
        self.redraw()

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts, in reading order."""
        return (self.scaling, self.ratio)

    def redraw(self) -> None:
        """Show the newest points."""
        result, index = self._session.result, self._session.index
        if result is None or index is None or not result.points:
            self.empty.show_text(self._what_will_appear())
            self._pages.setCurrentWidget(self.empty)
            return
        for chart in (self.scaling, self.ratio):
            chart.set_result(result, index.sweep.values)
        self.ratio.setVisible(bool(result.pairs))
        self._show_table(result)
        self._show_finding(result)
        self._pages.setCurrentWidget(self._content)

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden."""
        super().showEvent(event)
        self._request()

    # ---- parts

    def _what_will_appear(self) -> str:
        if self._session.is_running or self._session.is_opening:
            return self.tr("The first point will appear here as soon as it is measured.")
        return self.tr(
            "Run the experiment once for each value of a parameter: how step time grows with batch, a size, "
            "a dtype or the number of threads, and where one variant overtakes another, will appear here.\n\n"
            "Choose a parameter and its values above, then press Run sweep."
        )

    def _show_table(self, result: SweepResult) -> None:
        compared = tuple(pair.variant for pair in result.pairs)
        wanted = (named(result.parameter), result.variants, compared)
        if self.model is None or wanted != self._shown_columns:
            self._shown_columns = wanted
            self.view.forget_told()
            columns = point_columns(*wanted)
            self.model = RowTableModel[PointResult](columns, key=lambda point: point.value, parent=self.view)
            self.view.show_model(self.model, columns)
        self.model.set_rows(result.points)
        has_problem = any(point.problem is not None for point in result.points)
        self.view.show_where_told(len(self.model.columns) - 1, has_problem)

    def _show_finding(self, result: SweepResult) -> None:
        self.finding.setText("\n".join(pair.sentence for pair in result.pairs))
        self.finding.setVisible(bool(result.pairs))
        notes = [pair.note for pair in result.pairs if pair.note]
        failed = [value_text(point.value) for point in result.points if point.problem is not None]
        if failed:
            text = self.tr("Without a result: {0} {1}.")
            notes.append(text.format(named(result.parameter), ", ".join(failed)))
        self.note.setText("\n".join(notes))
        self.note.setVisible(bool(notes))

    def _open(self, point: PointResult | None) -> None:
        path = self._session.point_path(point) if point is not None else None
        if path is not None and point is not None and self._session.result is not None:
            name = f"{named(self._session.result.parameter)} {value_text(point.value)}"
            self.point_opened.emit(path, name)

    def _activate(self, index: QModelIndex) -> None:
        if self.model is not None:
            self._open(self.model.row_at(index))

    def _request(self) -> None:
        if self.isVisible():
            redraw_clock().request(self)

    def _show_ended(self) -> None:
        self.form.set_start(self._session.start_seconds)
        self.form.show_running(False)
        self._request()

    def _take_environment(self, environment: Environment) -> None:
        self.form.set_devices([device.name for device in environment.devices])

    def _connect(self, inspection: Inspection) -> None:
        session = self._session
        session.started.connect(lambda: self.form.show_running(session.is_running))
        session.started.connect(self._request)
        session.points_changed.connect(self._request)
        session.finished.connect(lambda _ending: self._show_ended())
        inspection.environment_arrived.connect(self._take_environment)
        self.view.activated.connect(self._activate)
        for chart in (self.scaling, self.ratio):
            chart.point_clicked.connect(self._open)

    def _lay_out(self) -> None:
        self.finding.setWordWrap(True)
        self.finding.setStyleSheet("font-weight: 600;")
        self.note.setWordWrap(True)
        self.note.setProperty("muted", "true")
        self.finding.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.view.setToolTip(self.tr("Double-click a point to see its run in the other pages"))
        split = QSplitter(Qt.Orientation.Vertical)
        for widget, weight in ((self.scaling, 5), (self.ratio, 3), (self.view, 4)):
            split.addWidget(widget)
            split.setStretchFactor(split.count() - 1, weight)
        split.setSizes([260, 150, 200])
        split.setChildrenCollapsible(False)
        for chart in (self.scaling, self.ratio):
            chart.setMinimumHeight(110)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.addWidget(self.finding)
        content.addWidget(self.note)
        content.addWidget(split, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self.form)
        layout.addWidget(self._pages, 1)
