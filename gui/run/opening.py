"""Opening: reads a recording or a trace file off the GUI thread."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path
from threading import Thread

from engine.recording.recording import Recording
from engine.wire.problem import Problem, ProblemError


class Opening(Thread):
    """One file being opened. When `is_done`, either ``recording`` or ``problem`` is set."""

    def __init__(self, path: Path, read: Callable[[Path], Recording]) -> None:
        super().__init__(name="opening", daemon=True)
        self.path = path
        self.recording: Recording | None = None
        self.problem: Problem | None = None
        self._read = read

    @property
    def is_done(self) -> bool:
        """Whether the file was read, or can't be."""
        return self.recording is not None or self.problem is not None

    def run(self) -> None:
        """Read the file."""
        try:
            self.recording = self._read(self.path)
        except ProblemError as error:
            self.problem = error.problem
        except Exception as error:
            self.problem = Problem(
                f"{self.path.name} could not be opened ({type(error).__name__}: {error}).",
                where=str(self.path),
                hint="Check that the file is whole and that it may be read.",
                traceback="".join(traceback.format_exception(error)),
            )


def read_recording(path: Path) -> Recording:
    """Open a recorded run."""
    return Recording.open(path)


def read_trace(path: Path) -> Recording:
    """Open a trace file as if it had been recorded here."""
    raise ProblemError(f"{path.name} can't be opened: trace files are not supported yet.")
