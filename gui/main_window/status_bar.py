"""StatusBar: on what it runs, what profiling costs, and where the run is kept."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QLabel, QStatusBar, QToolButton, QWidget

from engine.analysis.units import format_share
from engine.host.inspection import Environment
from gui.theme.icons import set_icon


class StatusBar(QStatusBar):
    """``log_requested`` when the person wants to see what was printed."""

    log_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self._recording: Path | None = None
        self.environment = QLabel()
        self._knows_environment = False
        self.show_looking()
        self.share = QLabel()
        self.share.setToolTip(
            self.tr("Share of the run's time that profile windows cost.\nSet its limit in the run plan.")
        )
        self.conditions = QLabel()
        self.conditions.setToolTip(
            self.tr("Special conditions of this run, set in its plan: compare it only with runs like it.")
        )
        self.log_button = self._button("terminal", self.tr("Show what the layers printed"))
        self.log_button.clicked.connect(self.log_requested)
        self.recording_button = self._button("hard-drive", "")
        self.recording_button.clicked.connect(self._show_folder)
        self.addWidget(self.environment)
        for widget in (self.log_button, self.conditions, self.share, self.recording_button):
            self.addPermanentWidget(widget)
            widget.hide()

    def show_environment(self, environment: Environment) -> None:
        """Say which device and versions a run would use."""
        self._knows_environment = True
        default = environment.default_device
        title = next((device.title for device in environment.devices if device.name == default), default)
        parts = [title, f"torch {environment.torch}", f"Python {environment.python}"]
        if environment.cuda:
            parts.insert(2, f"CUDA {environment.cuda}")
        self.environment.setText("  ·  ".join(parts))

    def show_looking(self) -> None:
        """Say that an interpreter was asked."""
        self._knows_environment = False
        self.environment.setText(self.tr("Looking for devices…"))

    def show_no_environment(self) -> None:
        """Say that the interpreter can't be used, unless it has answered before."""
        if not self._knows_environment:
            self.environment.setText(self.tr("No usable interpreter"))

    def show_profiling_share(self, share: float | None) -> None:
        """Say what profiling cost so far."""
        self.share.setVisible(share is not None)
        self.share.setText(self.tr("Profiling {0}").format(format_share(share)))

    def show_conditions(self, texts: tuple[str, ...]) -> None:
        """Say what sets the run's numbers apart from those of others."""
        self.conditions.setVisible(bool(texts))
        self.conditions.setText("  ·  ".join(texts))

    def show_line_count(self, count: int) -> None:
        """Say that layers printed something."""
        self.log_button.setVisible(count > 0)
        self.log_button.setText(self.tr("%n line(s) printed", "", count))

    def show_recording(self, path: Path | None) -> None:
        """Say where the run is kept."""
        self._recording = path
        self.recording_button.setVisible(path is not None)
        if path is not None:
            name = path.name if len(path.name) <= 44 else path.name[:21] + "…" + path.name[-22:]
            self.recording_button.setText(name)
            self.recording_button.setToolTip(self.tr("{0}\nClick to open its folder.").format(path))

    def _show_folder(self) -> None:
        if self._recording is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._recording.parent)))

    def _button(self, icon: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setIconSize(QSize(13, 13))
        button.setToolTip(tip)
        set_icon(button, icon, "muted")
        return button
