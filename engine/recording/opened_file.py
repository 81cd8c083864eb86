"""A file that holds a run: a recording of Layerscope's, or a trace that torch.profiler wrote."""

from __future__ import annotations

from pathlib import Path

from engine.recording.opened_trace import open_trace
from engine.recording.recording import Recording
from engine.recording.schema import SUFFIX
from engine.trace.long_work import UNWATCHED, LongWork
from engine.wire.problem import ProblemError

_SQLITE_HEAD = b"SQLite format 3\0"


def open_file(path: Path, work: LongWork = UNWATCHED) -> Recording:
    """Read a recording or a trace, whichever the file is by its first bytes.

    Raises `ProblemError` if it is neither or can't be read, or `WorkCancelledError` if called off.
    """
    return Recording.open(path) if _is_recording(path) else open_trace(path, work)


def _is_recording(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(len(_SQLITE_HEAD))
    except FileNotFoundError:
        raise ProblemError("There is no such file.", str(path), "Check the path.") from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise ProblemError(
            f"The file can't be read: {reason}.", str(path), "Check who may read it."
        ) from None
    # An empty or damaged recording is known by its name alone.
    return head == _SQLITE_HEAD or path.suffix == SUFFIX
