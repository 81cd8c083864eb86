"""RunControl: Run and Stop, once every file that would run is trusted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.host.events import RunFinished
from engine.wire.problem import Problem
from gui.messages.message import Message, Offer, notice
from gui.messages.message_bar import MessageBar
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.toolbar.run_toolbar import RunToolbar
from gui.trust.trust_gate import TrustGate

RUN = "run"
TRUST = "trust"


class RunControl(QObject):
    """Keeps toolbar, messages and session in step while runs come and go.

    ``saving_requested`` comes before anything is started, here or by others through `save`: edits that
    are not on disk can be saved.
    """

    saving_requested = Signal()

    def __init__(
        self,
        project: Project,
        session: RunSession,
        gate: TrustGate,
        toolbar: RunToolbar,
        messages: MessageBar,
        inspection: Inspection,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._project = project
        self._session = session
        self._inspection = inspection
        self._gate = gate
        self._toolbar = toolbar
        self._messages = messages
        self._window = window
        self._warnings: list[str] = []
        # Says what else goes on that a run would disturb; empty if nothing does.
        self.blocked_by: Callable[[], str] = lambda: ""
        self.is_saving = False
        self._read_at_start: tuple[Path, ...] = ()
        toolbar.run_button.run_requested.connect(self.run)
        toolbar.run_button.stop_requested.connect(self.stop)
        session.started.connect(self._show_started)
        session.progressed.connect(toolbar.progress.show_progress)
        session.finished.connect(self._show_finished)
        session.warned.connect(self._show_warning)

    def run(self) -> None:
        """Run the experiment as it is now; a run that goes on is stopped first."""
        if what := self.blocked_by():
            hint = self.tr("Stop it, or wait for its end, then run.")
            self._messages.show_message(notice(what, hint, key=RUN))
            return
        self.save()
        untrusted = self._gate.untrusted(self._project.experiment, self._project.base_directory)
        if untrusted:
            self._gate.ask(untrusted, self._window, accepted=self.run, refused=self.show_untrusted)
            return
        for subject in (RUN, TRUST, *self._warnings):
            self._messages.dismiss(subject)
        self._warnings.clear()
        self._session.start(self._project.experiment, self._project.base_directory)

    def save(self) -> None:
        """Have edits saved that are not on disk. Saved files start no run of their own (``is_saving``)."""
        self.is_saving = True
        try:
            self.saving_requested.emit()
        finally:
            self.is_saving = False

    def stop(self) -> None:
        """Ask the run to stop; what was recorded stays."""
        if self._session.is_running:
            self._toolbar.run_button.show_stopping()
            self._session.stop()

    def show_untrusted(self) -> None:
        """Say that code waits for trust, with the question one click away. Dismiss it if none does."""
        untrusted = self._gate.untrusted(self._project.experiment, self._project.base_directory)
        if not untrusted:
            self._messages.dismiss(TRUST)
            return
        names = ", ".join(file.name for file in untrusted[:3]) + (" …" if len(untrusted) > 3 else "")
        problem = Problem(
            self.tr("{0}: this code is not trusted yet.").format(names),
            hint=self.tr("Nothing in it was run. Trust its folder to see its layers and shapes."),
        )
        offer = Offer(self.tr("Review…"), self.review_trust)
        self._messages.show_message(Message(problem=problem, level="warning", offer=offer, key=TRUST))

    def review_trust(self) -> None:
        """Ask about the folders that are not trusted."""
        untrusted = self._gate.untrusted(self._project.experiment, self._project.base_directory)
        if untrusted:
            self._gate.ask(untrusted, self._window, accepted=self.show_untrusted, refused=self.show_untrusted)

    def _show_started(self) -> None:
        self._toolbar.set_editable(False)
        self._toolbar.run_button.show_running(True)
        self._read_at_start = self._inspection.reading

    def _show_finished(self, ending: RunFinished) -> None:
        self._toolbar.set_editable(True)
        self._toolbar.run_button.show_running(False)
        recording = self._session.recording
        self._toolbar.progress.show_finished(ending, recording.step_count if recording else 0)
        if ending.problem is not None:
            again = Offer(self.tr("Run again"), self.run)
            self._messages.show_problem(ending.problem, key=RUN, offer=again)
        self._warn_of_reading()

    def _warn_of_reading(self) -> None:
        """Say so if a file was read all the while: a layer that hangs there keeps a CPU from the run."""
        reading = [file.name for file in self._read_at_start if file in self._inspection.reading]
        if reading:
            what = self.tr("{0} was being read during this run.").format(", ".join(reading))
            hint = self.tr("That takes time from the run: its numbers may be far too high. Run again later.")
            self._show_warning(Problem(what, hint=hint))

    def _show_warning(self, problem: Problem) -> None:
        message = Message(problem=problem, level="warning")
        self._warnings.append(message.subject)
        self._messages.show_message(message)
