"""Opening: reads a recording or a trace file off the GUI thread."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from engine.recording.opened_trace import open_trace
from engine.recording.recording import Recording
from engine.trace.long_work import LongWork, WorkCancelledError
from engine.wire.problem import Problem, ProblemError

Reader = Callable[[Path, LongWork], Recording]


class Opening(Thread):
    """One file being opened. When `is_done`, either ``recording`` or ``problem`` is set."""

    def __init__(self, path: Path, read: Reader) -> None:
        super().__init__(name="opening", daemon=True)
        self.path = path
        self.fraction = 0.0
        self.recording: Recording | None = None
        self.problem: Problem | None = None
        self._read = read
        self._cancelled = Event()

    @property
    def is_done(self) -> bool:
        """Whether the file was read, or can't be."""
        return self.recording is not None or self.problem is not None

    def cancel(self) -> None:
        """Call it off; the thread ends soon, with nothing."""
        self._cancelled.set()

    def run(self) -> None:
        """Read the file."""
        try:
            self.recording = self._read(self.path, LongWork(self._report, self._cancelled.is_set))
        except WorkCancelledError:
            return
        except ProblemError as error:
            self.problem = error.problem
        except Exception as error:
            self.problem = Problem(
                f"{self.path.name} could not be opened ({type(error).__name__}: {error}).",
                where=str(self.path),
                hint="Check that the file is whole and that it may be read.",
                traceback="".join(traceback.format_exception(error)),
            )

    def _report(self, fraction: float) -> None:
        self.fraction = fraction


def read_recording(path: Path, _work: LongWork) -> Recording:
    """Open a recorded run."""
    return Recording.open(path)


def read_trace(path: Path, work: LongWork) -> Recording:
    """Open a trace file as if it had been recorded here."""
    return open_trace(path, work)
