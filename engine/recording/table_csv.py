"""Tables as CSV, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from engine.experiment.atomic_file import atomic_file

_FLUSH_ROWS = 1000


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows under the given column names, which should carry units (``total_us``).

    An unavailable value (None) is an empty cell, never 0; numbers are written in full. Raises
    `ProblemError` if the disk refuses; the file appears whole or not at all.
    """
    with atomic_file(path, "table") as file:
        # Excel takes a file without a byte order mark for the local code page.
        file.write(b"\xef\xbb\xbf")
        text = io.StringIO(newline="")
        writer = csv.writer(text)
        writer.writerow(columns)
        for number, row in enumerate(rows, 1):
            writer.writerow([_cell(value) for value in row])
            if number % _FLUSH_ROWS == 0:
                file.write(_taken(text))
        file.write(_taken(text))


def _cell(value: Any) -> Any:
    match value:
        case None:
            return ""
        case tuple() | list():
            return " ".join(str(item) for item in value)
        case str():
            return _harmless(value)
        case _:
            return value


def _harmless(text: str) -> str:
    """Return text that a spreadsheet shows rather than evaluates, lone surrogates as escapes."""
    text = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _taken(text: io.StringIO) -> bytes:
    content = text.getvalue()
    text.seek(0)
    text.truncate()
    return content.encode("utf-8")
