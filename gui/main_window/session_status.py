"""SessionStatus: what the run session says, in the status bar, the output and the messages."""

from __future__ import annotations

from PySide6.QtCore import QObject

from gui.main_window.status_bar import StatusBar
from gui.messages.log_panel import LogPanel
from gui.messages.message import Offer, notice
from gui.messages.message_bar import MessageBar
from gui.run.conditions import condition_texts
from gui.run.run_session import RunSession
from gui.toolbar.progress_view import ProgressView

OPENING = "opening"


class SessionStatus(QObject):
    """Follows the session; what concerns only the Run button is `RunControl`'s."""

    def __init__(
        self,
        session: RunSession,
        status: StatusBar,
        log: LogPanel,
        messages: MessageBar,
        progress: ProgressView,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._status = status
        self._log = log
        self._messages = messages
        self._progress = progress
        session.started.connect(self._start_over)
        session.log_arrived.connect(self._append_log)
        session.summary_updated.connect(self._show_share)
        session.recording_changed.connect(self._show_recording)
        session.opening_changed.connect(self._show_opening)
        session.opening_progressed.connect(self._show_opening_progress)
        session.failed.connect(messages.show_problem)

    def _start_over(self) -> None:
        self._log.clear()
        self._status.show_line_count(0)
        self._status.show_profiling_share(None)

    def _append_log(self, text: str) -> None:
        self._log.append(text)
        self._status.show_line_count(self._log.line_count)

    def _show_share(self) -> None:
        summary = self._session.run_summary
        self._status.show_profiling_share(summary.profiling_share if summary else None)

    def _show_recording(self) -> None:
        recording = self._session.recording
        self._status.show_recording(recording.path if recording else None)
        self._status.show_conditions(condition_texts(recording.experiment.plan) if recording else ())

    def _show_opening(self) -> None:
        path = self._session.opening_path
        if path is None:
            self._messages.dismiss(OPENING)
            self._progress.show_ready()
            return
        text = self.tr("Opening {0} …").format(path.name)
        offer = Offer(self.tr("Cancel"), self._session.cancel_opening)
        self._messages.show_message(notice(text, offer=offer, key=OPENING))
        self._progress.show_work(text, None)

    def _show_opening_progress(self, fraction: float) -> None:
        path = self._session.opening_path
        if path is not None:
            self._progress.show_work(self.tr("Opening {0} …").format(path.name), fraction)
