"""LivePage: steps, layers, kernels, memory and load while they are measured, and afterwards."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from engine.analysis.step_change import step_changes
from engine.recording.recording import Recording
from gui.charts.chart import Chart
from gui.charts.kernel_chart import KernelChart
from gui.charts.layer_chart import LayerChart
from gui.charts.load_chart import LoadChart
from gui.charts.memory_chart import MemoryChart
from gui.charts.step_chart import StepChart
from gui.charts.time_link import TimeLink
from gui.completeness.completeness_line import CompletenessLine
from gui.live_page.number_strip import NumberStrip
from gui.live_page.run_numbers import run_numbers
from gui.live_page.view_bar import ViewBar
from gui.run.run_session import RunSession
from gui.run.telemetry_reasons import telemetry_reasons

# Below this the charts would show nothing but axes: the page scrolls instead.
_SMALLEST = QSize(460, 520)


class LivePage(QWidget):
    """Wires a session to the charts; hands nothing on while paused or hidden."""

    def __init__(self, session: RunSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._is_stale = True
        self.link = TimeLink(self)
        self.numbers = NumberStrip()
        self.completeness = CompletenessLine()
        self.steps = StepChart(self.link)
        self.layers = LayerChart(self.link)
        self.kernels = KernelChart()
        self.memory = MemoryChart(self.link)
        self.load = LoadChart(self.link)
        self.view_bar = ViewBar(self.link, self)
        self._lay_out()
        self._connect()
        self._start_over()

    @property
    def charts(self) -> tuple[Chart, ...]:
        """All charts, in reading order."""
        return (self.steps, self.layers, self.kernels, self.memory, self.load)

    # ---- from the session

    def _start_over(self) -> None:
        """Forget the last run: another one begins, or another file shows."""
        recording = self._session.recording
        names = tuple(variant.name for variant in recording.experiment.variants) if recording else ()
        self.link.reset()
        self.numbers.clear(names)
        self.completeness.show_summary(None)
        self.steps.clear(names)
        self.memory.clear(names)
        self.kernels.clear()
        self._start_models()
        self._take_data()

    def _start_models(self) -> None:
        recording = self._session.recording
        models = recording.models if recording else ()
        self.layers.clear(models)
        device = models[0].device if models else "cpu"
        reasons = telemetry_reasons(recording.environment, device) if recording else {}
        self.load.clear(device != "cpu", reasons)
        self._show_messages()

    def _take_data(self) -> None:
        """Hand on what is new. Steps, samples and summary come from the recording and the session."""
        if self.link.is_paused or not self.isVisible():
            self._is_stale = True
            return
        self._hand_on()

    def _hand_on(self) -> None:
        self._is_stale = False
        recording = self._session.recording
        if recording is not None:
            self._take_recording(recording)
        self._show_messages()

    def _take_recording(self, recording: Recording) -> None:
        steps = recording.steps()
        self.steps.set_steps(steps)
        origin_ns = self._origin_ns
        if origin_ns is not None:
            telemetry = recording.telemetry()
            self.memory.set_samples(recording.memory(), telemetry, origin_ns)
            self.load.set_samples(telemetry, origin_ns)
        summary = self._session.run_summary
        if summary is None or origin_ns is None:
            return
        windows = self._session.window_summaries
        if windows:
            self.link.extend((windows[-1].time_ns - origin_ns) / 1e9)
        medians = tuple(variant.steps.median_us if variant.steps else None for variant in summary.variants)
        self.steps.set_medians(medians)
        self.layers.set_windows(windows, origin_ns)
        self.kernels.set_summary(summary)
        self.completeness.show_summary(summary)
        last = self._session.last_run
        changes = step_changes(last, (recording.experiment, summary)) if last else ()
        numbers = run_numbers(summary, windows, steps, changes)
        self.numbers.show_numbers(numbers, self._session.windows_behind)

    @property
    def _origin_ns(self) -> int | None:
        """When the time axis begins: with the first step; in a trace without steps, with its window."""
        windows = self._session.window_summaries
        return self.steps.origin_ns or (windows[0].time_ns if windows else None)

    def _hand_on_for_export(self) -> None:
        if self._is_stale and not self.link.is_paused:
            self._hand_on()

    def _resume(self) -> None:
        if self._is_stale and not self.link.is_paused:
            self._take_data()

    def _fit(self) -> None:
        for chart in (self.steps, self.layers, self.memory, self.load):
            chart.fit()

    # ---- messages

    def _show_messages(self) -> None:
        recording = self._session.recording
        has_steps = self.steps.origin_ns is not None
        has_windows = bool(self._session.window_summaries)
        self.steps.show_message("" if has_steps else self._why_empty(self.tr("Every step's time")))
        self.layers.show_message("" if has_windows else self._why_no_windows(self.tr("Time by layer")))
        self.kernels.show_message(
            "" if has_windows else self._why_no_windows(self.tr("The costliest kernels"))
        )
        has_begun = self._origin_ns is not None
        is_over = recording is not None and not self._session.is_running
        unavailable = self.tr("Unavailable: no sample was taken during this run.")
        for chart, text in ((self.memory, self.tr("Memory")), (self.load, self.tr("Load"))):
            message = unavailable if is_over and has_begun else self._why_empty(text)
            chart.show_message(message if chart.is_empty else "")

    def _why_empty(self, what: str) -> str:
        recording = self._session.recording
        if recording is None:
            return self.tr("{0} will appear here, live. Press F5 to run.").format(what)
        if self._session.is_running:
            progress = self._session.progress
            return progress.text if progress is not None else self.tr("Starting…")
        if recording.ending is not None and recording.window_count:
            return self.tr("Unavailable: this trace does not mark its steps.")
        return self.tr("The run ended before a step was measured.")

    def _why_no_windows(self, what: str) -> str:
        recording = self._session.recording
        if recording is None or self._origin_ns is None:
            return self._why_empty(what)
        if recording.experiment.plan.budget_percent <= 0:
            return self.tr("Unavailable: the profiling budget is 0 %. Raise it in the plan and run again.")
        if self._session.is_running or self._session.is_analysing:
            return self.tr("{0} will appear with the first profile window.").format(what)
        return self.tr("Unavailable: the run ended before its first profile window.")

    # ---- Qt

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden."""
        super().showEvent(event)
        self._take_data()

    def _connect(self) -> None:
        session = self._session
        session.recording_changed.connect(self._start_over)
        session.started.connect(self._show_messages)
        session.progressed.connect(self._show_messages)
        session.models_built.connect(self._start_models)
        session.data_arrived.connect(self._take_data)
        session.summary_updated.connect(self._take_data)
        session.finished.connect(self._take_data)
        self.link.state_changed.connect(self._resume)
        for chart in self.charts:
            chart.data_wanted.connect(self._hand_on_for_export)
        self.view_bar.fit_requested.connect(self._fit)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.numbers, 1)
        top.addWidget(self.view_bar, 0, Qt.AlignmentFlag.AlignTop)
        charts = QWidget()
        charts.setMinimumSize(_SMALLEST)
        grid = QGridLayout(charts)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(8)
        grid.addWidget(self.steps, 0, 0, 1, 2)
        grid.addWidget(self.layers, 1, 0)
        grid.addWidget(self.kernels, 1, 1)
        grid.addWidget(self.memory, 2, 0)
        grid.addWidget(self.load, 2, 1)
        for row, share in enumerate((30, 38, 30)):
            grid.setRowStretch(row, share)
        for column in range(2):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 200)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(charts)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addLayout(top)
        layout.addWidget(self.completeness)
        layout.addWidget(area, 1)
