"""SweepReading: a sweep that is on disk, read off the GUI thread."""

from __future__ import annotations

import traceback
from pathlib import Path
from threading import Event, Thread

from engine.analysis.sweep.point_result import point_result
from engine.analysis.sweep.results import PointResult
from engine.host.sweep_events import SweepFinished, SweepProgress
from engine.recording.recording import Recording
from engine.recording.sweep_folder import SweepIndex, SweptPoint
from engine.wire.problem import Problem, ProblemError
from gui.sweep_page.sweep_mailbox import SweepMailbox


class SweepReading(Thread):
    """Reads the recordings of an index one after the other into a mailbox; the ending comes last."""

    def __init__(self, folder: Path, index: SweepIndex, mailbox: SweepMailbox) -> None:
        super().__init__(name="sweep-reading", daemon=True)
        self._folder = folder
        self._index = index
        self._mailbox = mailbox
        self._cancelled = Event()

    def stop(self) -> None:
        """Call it off: what was read stays."""
        self._cancelled.set()

    def kill(self) -> None:
        """As `stop`: nothing here can hang."""
        self.stop()

    def run(self) -> None:
        """Read all points."""
        ending = SweepFinished(outcome="failed")
        try:
            self._read_points()
            ending = SweepFinished(outcome="cancelled" if self._cancelled.is_set() else "completed")
        except Exception as error:
            problem = Problem(f"The sweep could not be read: {error}", traceback=traceback.format_exc())
            ending = SweepFinished(outcome="failed", problem=problem)
        finally:
            self._mailbox.put(ending=ending)

    def _read_points(self) -> None:
        names = tuple(variant.name for variant in self._index.experiment.variants)
        for number, point in enumerate(self._index.points):
            if self._cancelled.is_set():
                return
            count = len(self._index.points)
            progress = SweepProgress(number=number, count=count, value=point.value, fraction=number / count)
            self._mailbox.put(progress=progress)
            path = self._folder / point.file
            # Of a sweep that was cut off, the last points never began.
            if point.outcome is not None or path.exists():
                self._mailbox.add_point(_read(path, point, names))


def _read(path: Path, point: SweptPoint, names: tuple[str, ...]) -> PointResult:
    try:
        recording = Recording.open(path)
    except ProblemError as error:
        problem = point.problem or error.problem
        return point_result(None, _with_problem(point, problem), names)
    try:
        return point_result(recording, point, names)
    finally:
        recording.close()


def _with_problem(point: SweptPoint, problem: Problem) -> SweptPoint:
    return SweptPoint(value=point.value, file=point.file, outcome=point.outcome or "failed", problem=problem)
