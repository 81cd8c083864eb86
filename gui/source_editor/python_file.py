"""A Python file on disk: read and written with the encoding and line ends it has."""

from __future__ import annotations

import ast
import io
import tokenize
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QIODevice, QSaveFile

from engine.wire.problem import Problem, ProblemError

LARGEST_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class PythonFile:
    """The text of a file with plain line ends, and how it is written."""

    path: Path
    text: str
    encoding: str = "utf-8"
    newline: str = "\n"


def read_file(path: Path) -> PythonFile:
    """Read a file. Raises `ProblemError` if it can't be read or isn't text."""
    try:
        if path.stat().st_size > LARGEST_BYTES:
            raise ProblemError(f"{path.name} is too large to edit here.", str(path), "Use another editor.")
        content = path.read_bytes()
        encoding, _ = tokenize.detect_encoding(io.BytesIO(content).readline)
        text = content.decode(encoding)
    except OSError as error:
        hint = "Check that it exists and that you may read it."
        raise ProblemError(f"{path.name} can't be read: {error.strerror}.", str(path), hint) from None
    except (UnicodeDecodeError, SyntaxError, LookupError):
        raise ProblemError(f"{path.name} is not Python text.", str(path), "Choose a .py file.") from None
    newline = "\r\n" if "\r\n" in text else "\n"
    return PythonFile(path, text.replace("\r\n", "\n").replace("\r", "\n"), encoding, newline)


def write_file(file: PythonFile) -> None:
    """Write a file in one go: it is the old or the new one, never half. Raises `ProblemError`."""
    try:
        content = file.text.replace("\n", file.newline).encode(file.encoding)
    except UnicodeEncodeError as error:
        letter = file.text[error.start]
        hint = "Save the file as UTF-8 or remove the letter."
        raise ProblemError(f"{file.encoding} can't hold {letter!r}.", str(file.path), hint) from None
    target = QSaveFile(str(file.path))
    opened = target.open(QIODevice.OpenModeFlag.WriteOnly)
    if not opened or target.write(content) != len(content) or not target.commit():
        hint = "Check the folder, its rights and the space on the disk."
        raise ProblemError(f"{file.path.name} can't be saved: {target.errorString()}.", str(file.path), hint)


def syntax_problem(file: PythonFile) -> Problem | None:
    """Return what Python's parser says against the text, with its line; nothing is run."""
    try:
        ast.parse(file.text, str(file.path))
    except SyntaxError as error:
        return Problem(f"{error.msg}.".capitalize(), f"{file.path}:{error.lineno or 1}")
    except (ValueError, RecursionError, MemoryError) as error:
        return Problem(f"Python can't read this file: {error}.", f"{file.path}:1")
    return None


def problem_line(problem: Problem) -> int:
    """Return the line that a problem's ``where`` ends in (``file.py:12``), 0 if in none."""
    _, colon, line = problem.where.rpartition(":")
    return int(line) if colon and line.isdigit() else 0
