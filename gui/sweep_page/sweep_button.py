"""SweepButton: it runs the sweep, and while that runs it stops it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from gui.theme.icons import set_icon


class SweepButton(QPushButton):
    """``run_requested`` or ``stop_requested``, by what it shows."""

    run_requested = Signal()
    stop_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.is_running = False
        self.setIconSize(QSize(14, 14))
        self.clicked.connect(self._request)
        self.show_running(False)

    def show_running(self, is_running: bool) -> None:
        """Be the stop button, or the run button again."""
        self.is_running = is_running
        self.setEnabled(True)
        self.setText(self.tr("Stop sweep") if is_running else self.tr("Run sweep"))
        self.setToolTip(
            self.tr("Stop; the points that were measured stay (Shift+F5)")
            if is_running
            else self.tr("Run the experiment once for each value")
        )
        set_icon(self, "square" if is_running else "play")

    def show_stopping(self) -> None:
        """The sweep was asked to stop: no second click is needed."""
        self.setText(self.tr("Stopping…"))
        self.setEnabled(False)

    def _request(self) -> None:
        (self.stop_requested if self.is_running else self.run_requested).emit()
