"""The real application, started and run twice, noting when what happened.

Run as a program: it prints one JSON object of monotonic ns, which all processes on a machine share:
``shown`` (the window is), ``idle`` (shown, filled and waiting for the person), ``devices`` (known, so Run
can be pressed), ``run_pressed_1`` and ``first_point_1`` (the first result of that run is on its way to the
charts), and the same of a second run.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.command_line.dispatch import dispatch
from main import start_gui

if TYPE_CHECKING:
    from gui.main_window.main_window import MainWindow
    from gui.settings.settings import Settings

# A spare worker starts when the window is idle; a person takes longer than this to press Run.
_PAUSE_MS = 4000
_moments: dict[str, int] = {}


def _note(moment: str) -> None:
    _moments.setdefault(moment, time.monotonic_ns())


def _watch(window: MainWindow) -> None:
    # Two turns of the event loop: the first paint comes in between.
    QTimer.singleShot(0, window, lambda: QTimer.singleShot(0, window, lambda: _note("idle")))
    window.inspection.environment_arrived.connect(lambda _environment: _take_devices(window))
    window.session.summary_updated.connect(lambda: _take_first_point(window))
    window.session.finished.connect(lambda _ending: _run_again_or_quit(window))


def _take_devices(window: MainWindow) -> None:
    if "devices" not in _moments:
        _note("devices")
        QTimer.singleShot(_PAUSE_MS, window, lambda: _press_run(window, 1))


def _press_run(window: MainWindow, number: int) -> None:
    _note(f"run_pressed_{number}")
    window.run_control.run()


def _take_first_point(window: MainWindow) -> None:
    if window.session.recording is not None and window.session.recording.step_count:
        _note("first_point_2" if "run_pressed_2" in _moments else "first_point_1")
        window.run_control.stop()


def _run_again_or_quit(window: MainWindow) -> None:
    if "run_pressed_2" in _moments:
        QApplication.quit()
    else:
        QTimer.singleShot(_PAUSE_MS, window, lambda: _press_run(window, 2))


def _start() -> int:
    import gui.application as application

    begin = application.begin

    def begin_and_watch(window: MainWindow, settings: Settings, file: Path | None) -> None:
        _note("shown")
        begin(window, settings, file)
        _watch(window)

    application.begin = begin_and_watch
    return start_gui(None)


if __name__ == "__main__":
    code = dispatch(["gui"], lambda _file: _start())
    print(json.dumps(_moments), flush=True)
    sys.exit(code)
