"""ExportControl: asks what and where to export, and does it without stopping the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.experiment.python_source import model_source
from engine.trace.long_work import LongWork
from engine.wire.problem import Problem, ProblemError
from gui.export.chart_choice_dialog import ChartChoiceDialog
from gui.export.export_task import ExportTask, Job
from gui.export.progress_dialog import ProgressDialog
from gui.export.summary_table import TableName, write_summary_table
from gui.export.trace_choice_dialog import TraceChoiceDialog
from gui.messages.message import notice
from gui.messages.message_bar import MessageBar
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.settings.settings import Settings

EXPORT = "export"


class ExportControl(QObject):
    """Every entry of the Export menu. Failures and successes are messages."""

    def __init__(
        self, project: Project, session: RunSession, settings: Settings, messages: MessageBar, window: QWidget
    ) -> None:
        super().__init__(window)
        self._project = project
        self._session = session
        self._settings = settings
        self._messages = messages
        self._window = window
        self._tasks: list[ExportTask] = []
        self.progress: ProgressDialog | None = None

    # ---- what can be exported

    def export_trace(self) -> None:
        """Write a Chrome trace of one window, or of the whole recording."""
        recording = self._session.recording
        if recording is None or recording.window_count == 0:
            self._nothing_yet(self.tr("There is no trace to export yet."))
            return
        names = [model.name for model in recording.models]
        dialog = TraceChoiceDialog(names, self._session.window_summaries, self._window)
        if dialog.exec() != TraceChoiceDialog.DialogCode.Accepted:
            return
        suffix = ".json.gz" if dialog.compressed.isChecked() else ".json"
        filters = self.tr("Chrome traces (*.json *.json.gz)")
        path = self._ask_path(f"{recording.path.stem}{suffix}", filters, (".json", ".json.gz"), suffix)
        if path is not None:
            self.write_trace(path, dialog.chosen_window)

    def write_trace(self, path: Path, window: int | None = None) -> ExportTask | None:
        """Write the trace of a window, or of the whole recording, to ``path``."""
        from engine.analysis.attribution import attribute
        from engine.recording.chrome_writer import write_chrome_trace

        recording = self._session.recording
        if recording is None:
            return None
        windows = None if window is None else [window]
        return self.run_job(path, lambda work: write_chrome_trace(path, recording, windows, attribute, work))

    def export_layers(self) -> None:
        """Write the layer table of all variants as CSV."""
        self._export_table("layers")

    def export_kernels(self) -> None:
        """Write the kernel table of all variants as CSV."""
        self._export_table("kernels")

    def export_report(self) -> None:
        """Write all numbers of the run as one JSON object."""
        recording = self._session.recording
        if self._session.run_summary is None or recording is None:
            self._nothing_yet(self.tr("There is no report to export yet."))
            return
        proposed = f"{recording.path.stem}.report.json"
        path = self._ask_path(proposed, self.tr("Reports (*.json)"), (".json",), ".json")
        if path is not None:
            self.write_report(path)

    def write_report(self, path: Path) -> ExportTask | None:
        """Write the report that ``run --json`` writes, too, to ``path``."""
        from engine.analysis.advice.advise import advise
        from engine.analysis.comparison.run_comparisons import run_comparisons
        from engine.analysis.run_report import run_report
        from engine.experiment.disk import write_json

        recording, summary = self._session.recording, self._session.run_summary
        if recording is None or summary is None:
            return None

        def write(_work: LongWork) -> None:
            comparisons = run_comparisons(recording, summary)
            advice = advise(recording, summary, comparisons)
            write_json(path, run_report(recording, summary, comparisons, advice), "report")

        return self.run_job(path, write)

    def _export_table(self, name: TableName) -> None:
        summary = self._session.run_summary
        recording = self._session.recording
        if summary is None or recording is None:
            self._nothing_yet(self.tr("There is no table to export yet."))
            return
        proposed = f"{recording.path.stem}_{name}.csv"
        path = self._ask_path(proposed, self.tr("Tables (*.csv)"), (".csv",), ".csv")
        if path is not None:
            self.write_table(path, name)

    def write_table(self, path: Path, name: TableName) -> ExportTask | None:
        """Write one of the tables, of all variants, to ``path``."""
        summary = self._session.run_summary
        if summary is None:
            return None
        return self.run_job(path, lambda _work: write_summary_table(path, summary, name))

    def export_charts(self) -> None:
        """Write the charts that are chosen as PNG or SVG into a folder."""
        dialog = ChartChoiceDialog(self._window, self._settings.export_directory)
        if dialog.exec() != ChartChoiceDialog.DialogCode.Accepted:
            return
        self._settings.export_directory = dialog.folder
        try:
            # Charts are widgets: they can be drawn on this thread alone.
            paths = dialog.save()
        except ProblemError as error:
            self._messages.show_problem(error.problem, key=EXPORT)
            return
        self._exported(self.tr("%n chart(s) exported.", "", len(paths)), dialog.folder)

    def copy_model_source(self) -> None:
        """Copy the selected variant's model as Python source."""
        experiment = self._project.experiment
        address = self._project.selection.current
        index = address.variant if address else 0
        if index >= len(experiment.variants):
            return
        variant = experiment.variants[index]
        try:
            QGuiApplication.clipboard().setText(model_source(variant, len(experiment.inputs)))
        except ProblemError as error:
            self._messages.show_problem(error.problem, key=EXPORT)
            return
        text = self.tr("“{0}” was copied as the source of an nn.Module.").format(variant.name)
        self._messages.show_message(notice(text, key=EXPORT))

    # ---- doing it

    def run_job(self, path: Path, job: Job) -> ExportTask:
        """Do ``job`` off this thread, with a progress bar and Cancel if it takes long."""
        task = ExportTask(job, path, self)
        self._tasks.append(task)
        self.progress = ProgressDialog(self.tr("Exporting {0} …").format(path.name), task, self._window)
        task.completed.connect(
            lambda: self._exported(self.tr("{0} was exported.").format(path.name), path.parent)
        )
        task.failed.connect(lambda problem: self._messages.show_problem(problem, key=EXPORT))
        for ending in (task.completed, task.cancelled, task.failed):
            ending.connect(lambda *_: self._tasks.remove(task))
        task.start()
        return task

    def close(self) -> None:
        """Cancel what goes on."""
        for task in list(self._tasks):
            task.close()

    def _exported(self, text: str, folder: Path) -> None:
        self._messages.show_message(notice(text, hint=str(folder), key=EXPORT))

    def _nothing_yet(self, what: str) -> None:
        problem = Problem(what, hint=self.tr("Run the experiment (F5), or open a recording."))
        self._messages.show_message(notice(problem.what, problem.hint, key=EXPORT))

    def _ask_path(self, name: str, filters: str, suffixes: tuple[str, ...], suffix: str) -> Path | None:
        proposed = self._settings.export_directory / name
        text, _ = QFileDialog.getSaveFileName(self._window, self.tr("Export"), str(proposed), filters)
        if not text:
            return None
        path = Path(text if text.endswith(suffixes) else text + suffix)
        self._settings.export_directory = path.parent
        return path
