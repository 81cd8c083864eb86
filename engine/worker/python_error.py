"""Python exceptions, told in a line, and their tracebacks without this program's own frames."""

from __future__ import annotations

import importlib
import traceback
from pathlib import Path
from types import TracebackType
from typing import Iterator, Optional, Tuple

_OWN_FILES = (str(Path(__file__).parent), str(Path(importlib.__file__).parent), "<frozen importlib")
_MAX_MESSAGE = 2_000
_MAX_TRACEBACK = 40_000


def described_error(error: BaseException) -> str:
    """Return "ValueError: message", cut to a readable length. Never raises."""
    if isinstance(error, SystemExit):
        return f"it called sys.exit({error.code if error.code is not None else ''})"
    message = error_message(error).strip()
    if len(message) > _MAX_MESSAGE:
        message = message[:_MAX_MESSAGE] + " …"
    return f"{type(error).__name__}: {message}" if message else type(error).__name__


def error_message(error: BaseException) -> str:
    """Return ``str(error)``. Never raises."""
    try:
        return str(error)
    except Exception as second:  # A custom exception's __str__ is custom code too.
        return f"(its message can't be read: {type(second).__name__})"


def short_traceback(error: BaseException) -> str:
    """Return the traceback from the first frame outside this program on. Never raises."""
    try:
        text = "".join(traceback.format_exception(type(error), error, _told_frames(error)))
    except Exception:
        return described_error(error)
    if len(text) > _MAX_TRACEBACK:
        text = text[: _MAX_TRACEBACK // 2] + "\n…\n" + text[-_MAX_TRACEBACK // 2 :]
    return text


def _told_frames(error: BaseException) -> Optional[TracebackType]:
    """Return the part of a traceback that starts outside this program; all of it if none does."""
    part = error.__traceback__
    while part is not None and is_own_file(part.tb_frame.f_code.co_filename):
        part = part.tb_next
    # A syntax error names its line itself: how this program came to read the file tells nothing.
    return part if part is not None or isinstance(error, SyntaxError) else error.__traceback__


def is_own_file(path: str) -> bool:
    """Whether a file belongs to the worker itself, or to Python's import machinery."""
    return path.startswith(_OWN_FILES)


def error_locations(error: BaseException) -> Iterator[Tuple[str, int]]:
    """Yield file and line of each frame, outermost first."""
    part = error.__traceback__
    while part is not None:
        yield part.tb_frame.f_code.co_filename, part.tb_lineno
        part = part.tb_next
