"""stdin, stdout and stderr as a shell may hand them over: closed, full, or with nobody reading."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from engine.wire.problem import ProblemError


def prepare_streams() -> None:
    """Make all three streams fit to be used, whatever was closed (``>&-``) and whatever will be printed."""
    for name, access in (("stdin", os.O_RDONLY), ("stdout", os.O_WRONLY), ("stderr", os.O_WRONLY)):
        if getattr(sys, name) is None:
            # In this order each gets its own number back, which a pipe to the worker would get otherwise.
            mode = "r" if access == os.O_RDONLY else "w"
            setattr(sys, name, os.fdopen(os.open(os.devnull, access), mode, encoding="utf-8"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that can't show "µ" shows "?" instead of ending the program over it.
            stream.reconfigure(errors="replace")


@contextmanager
def printing() -> Iterator[None]:
    """Print in here: a reader who has seen enough (``| head``) is no error.

    Raises `ProblemError` if stdout takes nothing for another reason, such as a full disk.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        discard(sys.stdout)
    except OSError as error:
        if error.filename is not None:  # Of some file, not of a stream.
            raise
        discard(sys.stdout)
        reason = error.strerror or str(error)
        hint = "Free some space on that disk, or send the output elsewhere."
        raise ProblemError(f"The results can't be printed: {reason}.", "stdout", hint) from None


def discard(stream: TextIO) -> None:
    """Let all that is still written to a stream go nowhere: at exit it would be an error again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
