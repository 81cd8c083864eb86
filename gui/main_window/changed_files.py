"""ChangedFiles: what happens when a custom file of the project changes on disk."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject, QTimer

from engine.experiment.custom_files import files_of
from engine.wire.problem import Problem
from gui.file_watching.file_watch import FileWatch
from gui.main_window.run_control import RunControl
from gui.messages.message import Offer, notice
from gui.messages.message_bar import MessageBar
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.settings.settings import Settings
from gui.trust.trust_gate import TrustGate

CHANGED_FILE = "changed file"


class ChangedFiles(QObject):
    """Looks at changed files anew, and offers a new run or starts it. New files need trust first."""

    def __init__(
        self,
        project: Project,
        inspection: Inspection,
        session: RunSession,
        gate: TrustGate,
        run_control: RunControl,
        messages: MessageBar,
        settings: Settings,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._inspection = inspection
        self._session = session
        self._gate = gate
        self._run_control = run_control
        self._messages = messages
        self._settings = settings
        self.watch = FileWatch(self)
        self.watch.file_changed.connect(self._show_changed)
        self.watch.file_removed.connect(self._show_removed)
        project.changed.connect(self._follow_project)
        session.started.connect(lambda: messages.dismiss(CHANGED_FILE))

    def _follow_project(self) -> None:
        files = files_of(self._project.experiment, self._project.base_directory)
        new = tuple(file for file in files if file not in self.watch.files)
        self.watch.watch(files)
        if new and not self._gate.may_run(new):
            # Later: an edit must be done before a question about it comes up.
            QTimer.singleShot(0, self, self._run_control.review_trust)

    def _show_changed(self, file: Path) -> None:
        self._inspection.refresh()
        has_run = self._session.recording is not None
        # Whatever edits are saved for begins by itself: a run beside it would disturb it.
        if self._settings.runs_again_on_change and has_run and not self._run_control.is_saving:
            self._run_control.run()
            return
        offer = Offer(self.tr("Run again (F5)") if has_run else self.tr("Run (F5)"), self._run_control.run)
        text = self.tr("{0} changed.").format(file.name)
        self._messages.show_message(notice(text, offer=offer, key=CHANGED_FILE))

    def _show_removed(self, file: Path) -> None:
        self._inspection.refresh()
        problem = Problem(
            self.tr("{0} is gone.").format(file.name),
            hint=self.tr("Bring it back, or take its layers out of the model."),
        )
        self._messages.show_problem(problem, key=CHANGED_FILE)
