"""UnexpectedErrors: an exception nobody caught becomes a dialog; the application goes on."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from engine.wire.problem import Problem, ProblemError
from gui.messages.error_dialog import ErrorDialog

_log = logging.getLogger(__name__)


class UnexpectedErrors(QObject):
    """Takes over ``sys.excepthook`` and ``threading.excepthook`` until `uninstall`.

    One dialog is open at a time: an error in a paint event would come back with every frame.
    """

    raised = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.dialog: ErrorDialog | None = None
        # Queued: errors of other threads, and of paint events, must not open a dialog then and there.
        self.raised.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._saved = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """Take all uncaught exceptions from now on."""
        self._saved = (sys.excepthook, threading.excepthook)
        sys.excepthook = self._take
        threading.excepthook = self._take_from_thread

    def uninstall(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook = self._saved

    def _take_from_thread(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None:
            self._take(args.exc_type, args.exc_value, args.exc_traceback)

    def _take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, (KeyboardInterrupt, SystemExit)):
            QApplication.quit()
            return
        text = "".join(traceback.format_exception(kind, error, trace))
        _log.error("uncaught exception\n%s", text)
        self.raised.emit(self._problem(error, text))

    def _problem(self, error: BaseException, text: str) -> Problem:
        if isinstance(error, ProblemError):
            known = error.problem
            return Problem(known.what, known.where, known.hint, known.traceback or text)
        return Problem(
            self.tr("Something went wrong inside Layerscope: {0}: {1}").format(type(error).__name__, error),
            hint=self.tr("Your work is kept and you can go on. Please report this, with the details."),
            traceback=text,
        )

    def _show(self, problem: Problem) -> None:
        if self.dialog is not None:
            return
        parent = QApplication.activeWindow()
        self.dialog = ErrorDialog(problem, parent if isinstance(parent, QWidget) else None)
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _forget(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None
