"""ExportTask: work off the GUI thread that can be watched and called off."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from engine.trace.long_work import LongWork, WorkCancelledError
from engine.wire.problem import Problem, ProblemError

Job = Callable[[LongWork], object]
POLL_MS = 40


class ExportTask(QObject):
    """One job. Ends in exactly one of ``completed``, ``cancelled`` and ``failed``.

    The job must leave nothing behind when it raises; a `Problem` goes with ``failed``.
    """

    progressed = Signal(float)
    completed = Signal()
    cancelled = Signal()
    failed = Signal(object)

    def __init__(self, job: Job, target: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._target = target
        self._cancel = Event()
        self._fraction = 0.0
        self._ending: Callable[[], None] | None = None
        self._thread = Thread(target=self._run, name="export", daemon=True)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._look)

    @property
    def is_running(self) -> bool:
        """Whether the job goes on."""
        return self._timer.isActive()

    def start(self) -> None:
        """Start the job."""
        self._thread.start()
        self._timer.start()

    def cancel(self) -> None:
        """Ask the job to stop; it does so within some tens of milliseconds."""
        self._cancel.set()

    def close(self) -> None:
        """Cancel and wait: the application ends."""
        self.cancel()
        self._timer.stop()
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self) -> None:
        try:
            self._job(LongWork(self._note, self._cancel.is_set))
            self._ending = self.completed.emit
        except WorkCancelledError:
            self._ending = self.cancelled.emit
        except ProblemError as error:
            problem = error.problem
            self._ending = lambda: self.failed.emit(problem)
        except Exception as error:
            unexpected = _problem(error, self._target)
            self._ending = lambda: self.failed.emit(unexpected)

    def _note(self, fraction: float) -> None:
        self._fraction = fraction

    def _look(self) -> None:
        self.progressed.emit(self._fraction)
        if self._ending is not None:
            self._timer.stop()
            self._ending()


def _problem(error: Exception, target: Path) -> Problem:
    translate = QCoreApplication.translate
    trace = "".join(traceback.format_exception(error))
    if isinstance(error, OSError):
        what = translate("ExportTask", "{0} can't be written: {1}.").format(
            target.name, error.strerror or error
        )
        hint = translate("ExportTask", "Free some space or choose another folder. No half file was left.")
        return Problem(what, str(target.parent), hint, trace)
    what = translate("ExportTask", "{0} could not be exported: {1}: {2}.").format(
        target.name, type(error).__name__, error
    )
    return Problem(
        what, hint=translate("ExportTask", "The recording is unharmed. Please report this."), traceback=trace
    )
