"""Tables as CSV, for spreadsheets and scripts."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from engine.experiment.atomic_file import atomic_file

_FLUSH_ROWS = 1000


def write_rows_csv(path: Path, rows: Sequence[Any]) -> None:
    """Write result dataclasses (`LayerRow`, `KernelRow`, …), one row each.

    The columns are the dataclass's fields, whose names carry their units. Raises `ProblemError` if
    the disk refuses; the file appears whole or not at all.
    """
    names = _field_names(rows[0]) if rows else ()
    write_csv(path, names, ([getattr(row, name) for name in names] for row in rows))


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write rows under the given column names, which should carry units (``total_us``).

    An unavailable value (None) is an empty cell, never 0; numbers are written in full. Raises
    `ProblemError` if the disk refuses; the file appears whole or not at all.
    """
    with atomic_file(path) as file:
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


def _field_names(row: Any) -> tuple[str, ...]:
    if not is_dataclass(row):
        raise TypeError(f"{type(row).__name__} is not a dataclass")
    return tuple(field.name for field in fields(row))


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
    """Return text that a spreadsheet shows rather than evaluates, without lone surrogates."""
    text = text.encode("utf-8", "replace").decode("utf-8")
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _taken(text: io.StringIO) -> bytes:
    content = text.getvalue()
    text.seek(0)
    text.truncate()
    return content.encode("utf-8")
