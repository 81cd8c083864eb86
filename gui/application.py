"""The application: one engine, one window, and a clean end for both."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from engine.experiment.shipped import first_launch_project
from gui.settings.settings import APPLICATION, ORGANISATION, Settings

if TYPE_CHECKING:
    from gui.main_window.main_window import MainWindow


def main(file: Path | None = None) -> int:
    """Show the window, with ``file`` in it if given; return the process's exit code."""
    app = make_application()
    from engine.host.engine import Engine
    from gui.main_window.data_directories import DataDirectories
    from gui.main_window.main_window import MainWindow
    from gui.messages.unexpected_errors import UnexpectedErrors

    settings = Settings()
    set_up_appearance(app, settings)
    errors = UnexpectedErrors()
    errors.install()
    engine = Engine()
    try:
        window = MainWindow(engine, settings, DataDirectories.standard())
        window.show()
        # Shown first, filled next: the window must be there at once.
        QTimer.singleShot(0, window, lambda: begin(window, settings, file))
        keep_interruptible(app)
        return app.exec()
    finally:
        engine.close()
        settings.sync()
        errors.uninstall()


def make_application() -> QApplication:
    """Return the application object, named so that settings and data find their places."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    app.setOrganizationName(ORGANISATION)
    app.setApplicationName(APPLICATION)
    app.setApplicationDisplayName("Layerscope")
    app.setDesktopFileName("layerscope")
    return app


def set_up_appearance(app: QApplication, settings: Settings) -> None:
    """Put theme, icon and language in force."""
    from gui.theme.icons import icon
    from gui.theme.theme import current_theme, set_theme
    from gui.translation import load_translation

    set_theme(app, settings.theme)
    app.setWindowIcon(icon("layerscope", current_theme().accent))
    load_translation(app, settings.language)


def begin(window: MainWindow, settings: Settings, file: Path | None) -> None:
    """Open what the window should begin with, then ask the engine what there is."""
    if not (file is None and window.files.offer_recovery()):
        _open_first(window, settings, file)
    window.ask_engine()


def _open_first(window: MainWindow, settings: Settings, file: Path | None) -> None:
    last = settings.last_project
    if file is not None and window.files.open(file):
        return
    if file is None and last is not None and window.files.open(last):
        return
    if window.files.open(first_launch_project()):
        window.show_hint()


def keep_interruptible(app: QApplication) -> None:
    """Let Ctrl+C in the terminal close the application: Python sees signals only when it runs."""
    signal.signal(signal.SIGINT, lambda _number, _frame: app.closeAllWindows() or app.quit())
    ticking = QTimer(app)
    ticking.timeout.connect(lambda: None)
    ticking.start(200)
