"""The real application, running the shipped example: how long after its end each window is on screen.

Run as a program, offscreen: it prints one JSON object, ``latency_ms``, one number per window. A window is on
screen when the page that shows has been painted with a summary that holds it.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QApplication

from engine.command_line.dispatch import dispatch
from gui.charts.redraw_clock import redraw_clock
from main import start_gui

if TYPE_CHECKING:
    from gui.main_window.main_window import MainWindow
    from gui.settings.settings import Settings

_PAUSE_MS = 4000
_RUNS = 4
latency_ms: list[float] = []


class PaintWatch(QObject):
    """Follows a summary from its arrival over the redraw it asks for to the paint behind that.

    It asks the redraw clock after the page did, so its own turn comes when the page's views were drawn.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._session = window.session
        self._arrived = self._drawn = self._painted = 0
        window.session.started.connect(self._start_over)
        window.session.summary_updated.connect(self._take_summary)
        window.installEventFilter(self)

    def _start_over(self) -> None:
        self._arrived = self._drawn = self._painted = 0

    def _take_summary(self) -> None:
        self._arrived = len(self._session.window_summaries)
        redraw_clock().request(self)

    def isVisible(self) -> bool:
        """Always: it is what `RedrawClock` asks."""
        return True

    def redraw(self) -> None:
        """Note that what had arrived is drawn."""
        self._drawn = self._arrived

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Take the time when the paint that is about to begin is over."""
        if event.type() == QEvent.Type.UpdateRequest and self._drawn > self._painted:
            QTimer.singleShot(0, self, self._take_time)
        return False

    def _take_time(self) -> None:
        now_ns, recording = time.time_ns(), self._session.recording
        if recording is None:
            return
        for index in range(self._painted, self._drawn):
            latency_ms.append((now_ns - recording.window_head(index).end_ns) / 1e6)
        self._painted = self._drawn


def _watch(window: MainWindow) -> None:
    PaintWatch(window)
    endings: list[object] = []
    known: list[object] = []

    def run_or_quit(ending: object) -> None:
        endings.append(ending)
        if len(endings) == _RUNS:
            QApplication.quit()
        else:
            QTimer.singleShot(_PAUSE_MS, window, window.run_control.run)

    def run_first(environment: object) -> None:
        if not known:
            QTimer.singleShot(_PAUSE_MS, window, window.run_control.run)
        known.append(environment)

    window.session.finished.connect(run_or_quit)
    window.inspection.environment_arrived.connect(run_first)


def _start() -> int:
    import gui.application as application

    begin = application.begin

    def begin_and_watch(window: MainWindow, settings: Settings, file: Path | None) -> None:
        begin(window, settings, file)
        window.resize(1280, 800)
        _watch(window)

    application.begin = begin_and_watch
    return start_gui(None)


if __name__ == "__main__":
    code = dispatch(["gui"], lambda _file: _start())
    print(json.dumps({"latency_ms": latency_ms}), flush=True)
    sys.exit(code)
