"""Renders the window's views into docs/screenshots, in both themes and two sizes, from a real run.

    python tools/screenshots.py [DIRECTORY] [--seconds S] [--language NAME]

Works without a screen. Settings and recordings go to a temporary directory.
"""

from __future__ import annotations

import argparse
import os
import struct
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEvent, QEventLoop, QSettings, QSize  # noqa: E402
from PySide6.QtGui import QImage  # noqa: E402
from PySide6.QtWidgets import QApplication, QWidget  # noqa: E402

from engine.experiment.shipped import RESOURCES  # noqa: E402
from engine.experiment.sweep_text import parse_sweep  # noqa: E402
from engine.host.engine import Engine  # noqa: E402
from gui.application import make_application  # noqa: E402
from gui.main_window.data_directories import DataDirectories  # noqa: E402
from gui.main_window.main_window import MainWindow  # noqa: E402
from gui.settings.settings import Settings  # noqa: E402
from gui.theme.theme import ThemeChoice, set_theme  # noqa: E402
from gui.translation import load_translation  # noqa: E402
from gui.trust.trust_dialog import TrustDialog  # noqa: E402

SIZES = (QSize(1280, 800), QSize(2560, 1440))
THEMES: tuple[ThemeChoice, ...] = ("light", "dark")
TABS = ("live", "layers", "kernels", "memory", "compare", "sweep", "checks")
# Which project shows which views best.
EXAMPLES = RESOURCES / "examples"
PICTURES = (
    (EXAMPLES / "custom_vs_builtin_linear.json", ("live", "checks", "editing"), True),
    (EXAMPLES / "transformer_block.json", ("layers", "kernels", "memory", "compare"), False),
    (EXAMPLES / "rms_norm.json", ("sweep",), False),
)
RUN_TIMEOUT_S = 240


class Camera:
    """Takes pictures of one window that shows one finished run."""

    def __init__(self, app: QApplication, window: MainWindow, directory: Path) -> None:
        self._app = app
        self._window = window
        self._directory = directory
        self.taken: list[Path] = []

    def take_all(self, views: Sequence[str], with_dialogs: bool) -> None:
        """Take the views in every theme and size."""
        for theme in THEMES:
            set_theme(self._app, theme)
            for size in SIZES:
                self._window.resize(size)
                for _ in range(2):  # docks that were wider leave their room only bit by bit
                    self._settle()
                    self._window.docks.resize()
                for name in views:
                    self._show(name)
                    self._take(self._window, f"{name}-{theme}-{size.width()}x{size.height()}")
            if with_dialogs:
                self._take_dialogs(theme)

    def _show(self, view: str) -> None:
        docks = self._window.docks
        self._window.tabs.setCurrentIndex(TABS.index(view) if view in TABS else 0)
        if view == "compare":
            page = self._window.panels.compare
            wait_until(lambda: page.view.answer is not None and not page.comparing.is_busy, 20)
        is_editing = view == "editing"
        (docks.plan if is_editing else docks.inputs).raise_()
        (docks.source if is_editing else docks.form).raise_()

    def _take_dialogs(self, theme: str) -> None:
        palette = self._window.command_palette
        palette.open_over(self._window)
        palette.field.setText("exp")
        self._take(palette, f"commands-{theme}")
        palette.hide()
        folder = Path("/", "home", "ada", "experiments")
        dialog = TrustDialog([folder], [folder / "custom.py"], self._window)
        dialog.show()
        self._take(dialog, f"trust-{theme}")
        dialog.close()

    def _take(self, widget: QWidget, name: str) -> None:
        self._settle()
        path = self._directory / f"{name}.png"
        path.write_bytes(small_png(widget.grab().toImage()))
        self.taken.append(path)

    def _settle(self) -> None:
        """Let charts, which draw at 30 Hz, draw what they have."""
        wait_until(lambda: False, seconds=0.4)


def small_png(image: QImage) -> bytes:
    """Return a PNG a quarter smaller than Qt's: flat areas and text pack best without PNG's filters."""
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    width, height, stride = image.width(), image.height(), image.bytesPerLine()
    pixels = bytes(image.constBits())
    rows = b"".join(b"\0" + pixels[row * stride : row * stride + width * 3] for row in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def wait_until(is_done: Callable[[], bool], seconds: float) -> bool:
    """Run the event loop until ``is_done`` or the time is over; return whether it is done."""
    deadline = QDeadlineTimer(round(seconds * 1000))
    loop = QEventLoop()
    while not is_done() and not deadline.hasExpired():
        loop.processEvents(QEventLoop.ProcessEventsFlag.AllEvents, 20)
        # Outside of exec() nobody else deletes what was left for later, and it would be in the picture.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    return is_done()


def run_project(window: MainWindow, seconds: float) -> None:
    """Run the window's project and wait for its end and its summary."""
    project = window.project
    plan = replace(project.experiment.plan, seconds=seconds, steps=None, until_stable=False)
    project.edit("length", replace(project.experiment, plan=plan))
    project.undo_stack.setClean()
    wait_until(lambda: window.inspection.catalog is not None, 60)
    window.run_control.run()
    session = window.session
    if not wait_until(lambda: not session.is_running and not session.is_analysing, RUN_TIMEOUT_S):
        raise SystemExit("The run did not end.")
    for message in window.messages.messages:
        print(f"note: {message.problem}", file=sys.stderr)


def check_project(window: MainWindow) -> None:
    """Make the checks of the window's project and wait for their end."""
    window.check_control.check()
    if not wait_until(lambda: not window.checks.is_running, RUN_TIMEOUT_S):
        raise SystemExit("The checks did not end.")


def run_sweep(window: MainWindow) -> None:
    """Sweep over the size of the window's project and wait for the end."""
    window.sweep_control.run(parse_sweep("size:512=64..2048"))
    if not wait_until(lambda: not window.sweep.is_running, RUN_TIMEOUT_S):
        raise SystemExit("The sweep did not end.")


def main() -> int:
    """Run the project and take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("directory", nargs="?", type=Path, default=ROOT / "docs" / "screenshots")
    parser.add_argument("--seconds", type=float, default=6.0, help="length of the run")
    parser.add_argument("--language", default="en")
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    app = make_application()
    load_translation(app, arguments.language)
    set_theme(app, "light")
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(QSettings(str(Path(folder) / "settings.ini"), QSettings.Format.IniFormat))
        engine = Engine()
        window = MainWindow(engine, settings, DataDirectories.below(Path(folder)))
        try:
            window.show()
            window.ask_engine()
            camera = Camera(app, window, arguments.directory)
            for project, views, with_dialogs in PICTURES:
                window.files.open(project)
                if "sweep" in views:
                    run_sweep(window)
                else:
                    run_project(window, arguments.seconds)
                if "checks" in views:
                    check_project(window)
                camera.take_all(views, with_dialogs)
            print(f"{len(camera.taken)} pictures in {arguments.directory}")
        finally:
            window.project.undo_stack.setClean()
            window.close()
            engine.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
