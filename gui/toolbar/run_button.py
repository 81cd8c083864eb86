"""RunButton: the one primary button; it runs, and while it runs it stops."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from gui.theme.icons import set_icon


class RunButton(QPushButton):
    """``run_requested`` or ``stop_requested``, by what it shows."""

    run_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._is_running = False
        self.setIconSize(QSize(14, 14))
        self.setMinimumWidth(92)
        self.clicked.connect(self._request)
        self.show_running(False)

    @property
    def is_running(self) -> bool:
        """Whether the button would stop a run."""
        return self._is_running

    def show_running(self, is_running: bool) -> None:
        """Be the stop button, or the run button again."""
        self._is_running = is_running
        self.setEnabled(True)
        self.setText(self.tr("Stop") if is_running else self.tr("Run"))
        tip = self.tr("Stop the run (Shift+F5)") if is_running else self.tr("Run the experiment (F5)")
        self.setToolTip(tip)
        self.setProperty("primary", "false" if is_running else "true")
        self.setProperty("danger", "true" if is_running else "false")
        set_icon(self, "square-filled" if is_running else "play-filled", "on_accent")
        self.style().unpolish(self)
        self.style().polish(self)

    def show_stopping(self) -> None:
        """The run was asked to stop: no second click is needed."""
        self.setText(self.tr("Stopping…"))
        self.setEnabled(False)

    def _request(self) -> None:
        (self.stop_requested if self._is_running else self.run_requested).emit()
