"""OtherRuns: recordings and traces to compare with, each read and summed up once, off the GUI thread."""

from __future__ import annotations

import traceback
from pathlib import Path
from threading import Event, Thread

from PySide6.QtCore import QObject, QTimer, Signal

from engine.recording.recording import SUFFIX
from engine.trace.long_work import LongWork, WorkCancelledError
from engine.wire.problem import Problem, ProblemError
from gui.compare_page.question import OtherRun
from gui.compare_page.verdict_words import tr
from gui.run.analysis_thread import AnalysisThread
from gui.run.opening import read_recording, read_trace

_LOOK_EVERY_MS = 50


class _Loading(Thread):
    """One file being read. When ``is_done``, either ``found`` or ``problem`` is set, or it was called off."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="other run", daemon=True)
        self.path = path
        self.found: OtherRun | None = None
        self.problem: Problem | None = None
        self.is_done = False
        self._analysis: AnalysisThread | None = None
        self._cancelled = Event()

    def cancel(self) -> None:
        """Call it off."""
        self._cancelled.set()
        if self._analysis is not None:
            self._analysis.cancel()

    def run(self) -> None:
        """Read and sum up."""
        try:
            self.found, self.problem = self._read()
        except WorkCancelledError:
            pass
        except ProblemError as error:
            self.problem = error.problem
        except Exception as error:
            self.problem = _unreadable(self.path, error)
        finally:
            self.is_done = True

    def _read(self) -> tuple[OtherRun | None, Problem | None]:
        read = read_recording if self.path.name.lower().endswith(SUFFIX) else read_trace
        recording = read(self.path, LongWork(lambda _fraction: None, self._cancelled.is_set))
        # On this thread: nobody draws what is known halfway.
        self._analysis = AnalysisThread(recording)
        self._analysis.finish()
        self._analysis.run()
        summary = self._analysis.state.run_summary
        if summary is None or self._cancelled.is_set():
            return None, self._analysis.state.problem
        return OtherRun(self.path, recording, summary), None


class OtherRuns(QObject):
    """``changed``: a file was read, or can't be."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found: dict[Path, OtherRun] = {}
        self._problems: dict[Path, Problem] = {}
        self._loading: dict[Path, _Loading] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    def run_at(self, path: Path) -> OtherRun | None:
        """Return the run if it was read; else begin to read it, unless that failed."""
        if path not in self._found and path not in self._problems and path not in self._loading:
            self._begin(path)
        return self._found.get(path)

    def problem_of(self, path: Path) -> Problem | None:
        """Return why a file can't be compared with."""
        return self._problems.get(path)

    def forget(self, path: Path) -> None:
        """Let go of a file; it is read anew when it is asked for."""
        self._found.pop(path, None)
        self._problems.pop(path, None)
        loading = self._loading.pop(path, None)
        if loading is not None:
            loading.cancel()

    def close(self) -> None:
        """Call off what is being read."""
        self._timer.stop()
        for loading in self._loading.values():
            loading.cancel()
        self._loading.clear()

    def look(self) -> None:
        """Take what has been read."""
        done = [loading for loading in self._loading.values() if loading.is_done]
        for loading in done:
            del self._loading[loading.path]
            if loading.found is not None:
                self._found[loading.path] = loading.found
            else:
                self._problems[loading.path] = loading.problem or _nothing_in(loading.path)
        if not self._loading:
            self._timer.stop()
        if done:
            self.changed.emit()

    def _begin(self, path: Path) -> None:
        if not path.exists():
            self._problems[path] = _gone(path)
            return
        self._loading[path] = _Loading(path)
        self._loading[path].start()
        self._timer.start()


def _gone(path: Path) -> Problem:
    return Problem(
        tr("{0} is gone.").format(path.name),
        where=str(path),
        hint=tr("It was moved or deleted. Unpin it, or choose another baseline."),
    )


def _nothing_in(path: Path) -> Problem:
    return Problem(tr("{0} holds nothing to compare with.").format(path.name), where=str(path))


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(
        tr("{0} could not be read ({1}: {2}).").format(path.name, type(error).__name__, error),
        where=str(path),
        traceback="".join(traceback.format_exception(error)),
    )
