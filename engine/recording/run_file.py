"""RunFile: reading a recording file, whole or damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from engine.recording.schema import APPLICATION_ID, SCHEMA_VERSION
from engine.recording.table_codec import DamagedTableError, decode_table
from engine.trace.event_table import EventTable
from engine.wire.problem import ProblemError

_MAGIC = b"SQLite format 3\0"
_HEAD_BYTES = 100
# Behind a damaged page, look this many rows further before giving a table up.
_SEARCH_ROWS = 1000


class RunFile:
    """Opens the file for each question, so it may be asked from any thread and holds nothing."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Raise `ProblemError` unless this is a recording that this version can read."""
        try:
            with self.path.open("rb") as file:
                head = file.read(_HEAD_BYTES)
        except OSError as error:
            raise ProblemError(
                f"The recording can't be opened: {error.strerror or error}.",
                where=str(self.path),
                hint="Check that the file is there and that you may read it.",
            ) from error
        if len(head) < _HEAD_BYTES or not head.startswith(_MAGIC) or _number(head, 68) != APPLICATION_ID:
            raise ProblemError(
                "This file is not a Layerscope recording." if head else "This recording is empty.",
                where=str(self.path),
                hint="Recordings end in .layerscope. Open a trace (.json, .json.gz) as a trace instead.",
            )
        if (version := _number(head, 60)) > SCHEMA_VERSION:
            raise ProblemError(
                f"This recording has schema {version}; this Layerscope reads up to {SCHEMA_VERSION}.",
                where=str(self.path),
                hint="Open it with a newer Layerscope.",
            )

    def rows(self, table: str, columns: str) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a table by id (first column); those on damaged pages are left out."""
        last = -1
        with closing(self._connect()) as connection:
            try:
                for row in connection.execute(f"SELECT id, {columns} FROM {table} ORDER BY id"):
                    last = row[0]
                    yield row
            except sqlite3.DatabaseError:
                yield from _rows_behind(connection, table, columns, last)

    def columns(self, table: str) -> tuple[str, ...]:
        """Return the names of a table's columns: older files have fewer; none if they can't be read."""
        with closing(self._connect()) as connection:
            try:
                return tuple(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
            except sqlite3.DatabaseError:
                return ()

    def has(self, table: str) -> bool:
        """Whether the file has a table of this name: older files lack the newer ones."""
        with closing(self._connect()) as connection:
            found = connection.execute(
                "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)
            ).fetchone()
        return found is not None

    def table(self, row: int) -> EventTable:
        """Read one window's table. Raises `ProblemError` if it isn't whole."""
        try:
            with closing(self._connect()) as connection:
                found = connection.execute(
                    "SELECT table_head, table_columns FROM windows WHERE id = ?", (row,)
                ).fetchone()
            if found is None:
                raise DamagedTableError("its row is missing")
            return decode_table(*found)
        except (sqlite3.Error, DamagedTableError) as error:
            raise ProblemError(
                f"The events of window {row} can't be read: {error}.",
                where=str(self.path),
                hint="The other windows may still be whole.",
            ) from error

    def is_whole(self) -> bool:
        """Whether the file has all pages that it should, none of them damaged."""
        try:
            with closing(self._connect()) as connection:
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute("SELECT count(*) FROM windows").fetchone()
                return _size_is_right(self.path, pages, connection)
        except sqlite3.Error:
            return False

    def _connect(self) -> sqlite3.Connection:
        """Connect so that a log left by a killed run is read too, even where nothing may be written."""
        error: sqlite3.Error | None = None
        for mode in ("mode=rw", "mode=ro", "mode=ro&immutable=1"):
            try:
                return _connect(self.path, mode)
            except sqlite3.Error as refusal:
                error = refusal
        assert error is not None
        raise error


def _connect(path: Path, mode: str) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?{mode}"
    connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
    try:
        # A file shorter than its head says is refused as a whole, unless the schema counts as writable.
        connection.execute("PRAGMA writable_schema = ON")
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _rows_behind(
    connection: sqlite3.Connection, table: str, columns: str, last: int
) -> Iterator[tuple[Any, ...]]:
    row_id = last + 1
    while row_id <= last + _SEARCH_ROWS:
        try:
            row = connection.execute(f"SELECT id, {columns} FROM {table} WHERE id = ?", (row_id,)).fetchone()
        except sqlite3.DatabaseError:
            row = None
        if row is not None:
            last = row_id
            yield row
        row_id += 1


def _size_is_right(path: Path, pages: int, connection: sqlite3.Connection) -> bool:
    if path.with_name(path.name + "-wal").exists():
        return True  # The pages that the file lacks are in the log.
    page_bytes = int(connection.execute("PRAGMA page_size").fetchone()[0])
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return path.stat().st_size >= max(pages, _number(head, 28)) * page_bytes


def _number(head: bytes, offset: int) -> int:
    return int.from_bytes(head[offset : offset + 4], "big")
