"""ProgressDialog: a long job, how far it is, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from gui.export.export_task import ExportTask

# A job that ends sooner needs no dialog.
SHOW_AFTER_MS = 250


class ProgressDialog(QDialog):
    """Follows a task and closes with it. Closing the dialog cancels the task."""

    def __init__(self, text: str, task: ExportTask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Layerscope"))
        self.setMinimumWidth(420)
        self._task = task
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(8)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setSpacing(12)
        layout.addWidget(QLabel(text))
        layout.addWidget(self.bar)
        layout.addWidget(buttons)
        task.progressed.connect(lambda fraction: self.bar.setValue(round(1000 * fraction)))
        for ending in (task.completed, task.cancelled, task.failed):
            ending.connect(self._finish)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.open)
        self._timer.start(SHOW_AFTER_MS)

    def reject(self) -> None:
        """Cancel the task; the dialog goes when the task has ended."""
        self._task.cancel()
        self.bar.setRange(0, 0)

    def _finish(self) -> None:
        self._timer.stop()
        self.done(0)
        self.deleteLater()
