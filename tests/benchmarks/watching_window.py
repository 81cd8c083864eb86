"""The real application with the watch on: how long after a layer's file is saved its new time shows.

Run as a program, offscreen: it prints one JSON object, ``shown_s``, one number for each saving. Shown is
when the live page's tile says the new median beside the last.
"""

from __future__ import annotations

import json
import sys
import tempfile
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

SAVINGS = 5
# A person looks at the numbers for longer than this before the next edit.
_PAUSE_MS = 5000
_LAYER = """import torch
from torch import nn


class Mine(nn.Module):
    def forward(self, x):
        for _ in range({rounds}):
            x = torch.tanh(x)
        return x
"""
_PROJECT = {
    "schema": 1,
    "variants": [
        {"name": "mine", "model": ["mine.py:Mine()"]},
        {"name": "built-in", "model": ["nn.Tanh()"]},
    ],
    "inputs": [{"shape": [64, 64]}],
    "plan": {"device": "cpu", "seconds": 2.0},
}


class Watcher:
    """Saves the file again and again, and notes when its new time shows."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self._window = window
        self._file = folder / "mine.py"
        self._saved_at = 0.0
        self.shown_s: list[float] = []
        self._file.write_text(_LAYER.format(rounds=30))
        project = folder / "mine.json"
        project.write_text(json.dumps(_PROJECT))
        window.gate.trust([folder])
        window.files.open(project)
        window.commands.run_again.setChecked(True)
        window.session.summary_updated.connect(self._look)
        window.session.finished.connect(lambda _ending: QTimer.singleShot(_PAUSE_MS, window, self._save))
        QTimer.singleShot(_PAUSE_MS, window, window.run_control.run)

    def _save(self) -> None:
        if len(self.shown_s) == SAVINGS:
            QApplication.quit()
            return
        # Every saving differs widely from the one before, so that the change is told apart at once.
        self._file.write_text(_LAYER.format(rounds=3 if len(self.shown_s) % 2 == 0 else 30))
        self._saved_at = time.perf_counter()

    def _look(self) -> None:
        # The page draws on the next tick of its clock; a look later than that counts in full.
        if self._saved_at and self._window.panels.live.numbers.variants[0].change.text():
            self.shown_s.append(time.perf_counter() - self._saved_at)
            self._saved_at = 0.0


def _start(folder: Path, watchers: list[Watcher]) -> int:
    import gui.application as application

    begin = application.begin

    def begin_and_watch(window: MainWindow, settings: Settings, file: Path | None) -> None:
        begin(window, settings, file)
        watchers.append(Watcher(window, folder))

    application.begin = begin_and_watch
    return start_gui(None)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:
        found: list[Watcher] = []
        code = dispatch(["gui"], lambda _file: _start(Path(home), found))
        print(json.dumps({"shown_s": found[0].shown_s}), flush=True)
    sys.exit(code)
