"""ProgressView: what the run is doing now, how far it is, and how long it will take."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QProgressBar, QSizePolicy, QVBoxLayout, QWidget

from engine.analysis.units import format_count
from engine.host.events import RunFinished, RunProgress


class ElidedLabel(QLabel):
    """A line of text that gives way, with the whole of it as tooltip."""

    def minimumSizeHint(self) -> QSize:
        return QSize(20, super().minimumSizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        area = self.contentsRect()
        shown = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)


class ProgressView(QWidget):
    """A line of text over a thin bar."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = ElidedLabel()
        self.label.setProperty("muted", "true")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(5)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("Progress of the run"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(3)
        layout.addStretch()
        layout.addWidget(self.label)
        layout.addWidget(self.bar)
        layout.addStretch()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.show_ready()

    def show_ready(self) -> None:
        """Nothing runs yet."""
        self._show(self.tr("Ready"), 0.0)
        self.bar.hide()

    def show_work(self, text: str, fraction: float | None) -> None:
        """Show other work than a run; ``fraction`` 0 … 1, None if it can't be known."""
        self.bar.show()
        self._show(text, fraction)

    def show_progress(self, progress: RunProgress) -> None:
        """Show how far the run is."""
        parts = [self._stage(progress)]
        if progress.total_steps:
            steps, total = format_count(progress.steps), format_count(progress.total_steps)
            parts.append(self.tr("step {0} of {1}").format(steps, total))
        elif progress.steps:
            parts.append(self.tr("step {0}").format(format_count(progress.steps)))
        if progress.seconds_left is not None:
            parts.append(self.tr("{0} left").format(format_seconds(progress.seconds_left)))
        self.bar.show()
        self._show(" · ".join(parts), progress.fraction)

    def show_finished(self, ending: RunFinished, steps: int) -> None:
        """Show how the run ended; ``steps`` are all that were timed."""
        texts = {
            "completed": self.tr("Completed · {0} steps"),
            "cancelled": self.tr("Stopped · {0} steps kept"),
            "failed": self.tr("Failed · {0} steps kept"),
            "crashed": self.tr("The worker crashed · {0} steps kept"),
        }
        self._show(texts[ending.outcome].format(format_count(steps)), 1.0)
        self.bar.hide()

    def _stage(self, progress: RunProgress) -> str:
        texts = {
            "starting": self.tr("Starting the worker"),
            "building": self.tr("Building the models"),
            "warming up": self.tr("Warming up"),
            "measuring": self.tr("Measuring"),
            "finishing": self.tr("Finishing"),
        }
        return texts[progress.stage]

    def _show(self, text: str, fraction: float | None) -> None:
        self.label.setText(text)
        self.label.setToolTip(text)
        self.label.update()
        if fraction is None:
            self.bar.setRange(0, 0)  # busy: how far can't be known
        else:
            self.bar.setRange(0, 1000)
            self.bar.setValue(round(1000 * min(1.0, max(0.0, fraction))))


def format_seconds(seconds: float) -> str:
    """Return a remaining time: ``4 s``, ``2:05 min``, ``1:02 h``."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02} min"
    return f"{whole // 3600}:{whole % 3600 // 60:02} h"
