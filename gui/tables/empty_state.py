"""EmptyState: what will appear, and how to make it appear."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.run.run_session import RunSession


class EmptyState(QWidget):
    """A quiet text in the middle."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = QLabel()
        self._label.setProperty("muted", True)
        self._label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._label.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self._label)

    @property
    def text(self) -> str:
        """What it says."""
        return self._label.text()

    def show_text(self, text: str) -> None:
        """Say something else."""
        if text != self._label.text():
            self._label.setText(text)


def why_no_windows(session: RunSession, what: str) -> str:
    """Say why nothing that comes from profile windows shows yet, and what to do."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("EmptyState", text)

    recording = session.recording
    if recording is None:
        return tr("{0} will appear here. Press F5 to run.").format(what)
    if recording.experiment.plan.budget_percent <= 0:
        return tr("Unavailable: the profiling budget is 0 %. Raise it in the plan and run again.")
    if session.is_running or session.is_analysing:
        return tr("{0} will appear with the first profile window.").format(what)
    return tr("Unavailable: the run ended before its first profile window.")
