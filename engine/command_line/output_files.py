"""The files that a command writes: checked before the work, so that no run ends with nowhere to go."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from engine.wire.problem import ProblemError

STDOUT = Path("-")
TRACE_SUFFIXES = (".json", ".json.gz")


def check_writable(path: Path, suffixes: tuple[str, ...] = ()) -> None:
    """Raise `ProblemError` unless a file can be written there. ``suffixes``: the ones that are known."""
    if suffixes and not path.name.endswith(suffixes):
        raise ProblemError("The name doesn't say what to write.", str(path), _suffix_hint(suffixes))
    if path.is_dir():
        raise ProblemError("This is a folder.", str(path), "Name a file in it.")
    if path.exists() and not path.is_file():
        # Written whole means renamed into place: that would put a file where the device was.
        raise ProblemError("This is not a regular file.", str(path), "Name a file; - is stdout for --json.")
    if not path.parent.is_dir():
        raise ProblemError("The folder is not there.", str(path.parent), "Create it, or write elsewhere.")
    try:
        with tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise ProblemError(
            f"Nothing can be written in this folder: {error.strerror or error}.",
            str(path.parent),
            "Check who may write there, or write elsewhere.",
        ) from None


def check_not_read(outputs: Iterable[Path], inputs: Iterable[Path]) -> None:
    """Raise `ProblemError` if a result would be written over a file that the command reads."""
    read = {path.resolve() for path in inputs}
    for path in outputs:
        if path.resolve() in read:
            raise ProblemError(
                "The result would be written over what it is made from.", str(path), "Give it another name."
            )


def _suffix_hint(suffixes: tuple[str, ...]) -> str:
    return f"End it in {' or '.join(suffixes)}."
