"""RunDatabase: the one connection that writes a recording file."""

from __future__ import annotations

import sqlite3
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from engine.recording.schema import APPLICATION_ID, SCHEMA_VERSION, TABLES
from engine.wire.problem import Problem, ProblemError

# Fewer, larger folds of the log into the file: each may wait for the disk.
_CHECKPOINT_PAGES = 4096


@dataclass(frozen=True, slots=True)
class _Write:
    sql: str
    values: Sequence[Any]
    on_stored: Callable[[], None] | None


class RunDatabase:
    """Writes rows; each is with the operating system when `write` returns.

    The log is written ahead (WAL) without waiting for the disk, so killing this process at any
    moment loses nothing; a power failure may lose the last moments, never the file.

    If the disk refuses (full, unplugged), rows wait in memory and every later write tries them
    again; ``problem`` says why they wait. The first `write` that finds it so raises `ProblemError`,
    later ones don't.
    """

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = connection
        self._lock = Lock()
        self._waiting: deque[_Write] = deque()
        self._was_raised = False
        self.problem: Problem | None = None

    @classmethod
    def create(cls, path: Path) -> RunDatabase:
        """Create the file and its tables. Raises `ProblemError` if it exists or can't be written."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size > 0:
                raise ProblemError(
                    "There is already a file of this name.", where=str(path), hint="Choose another name."
                )
            return cls(path, _create_file(path))
        except (OSError, sqlite3.Error) as error:
            raise ProblemError(
                f"The recording can't be created: {error}.",
                where=str(path),
                hint="Choose a folder that you may write to, on a disk with free space.",
            ) from error

    def write(self, sql: str, values: Sequence[Any], on_stored: Callable[[], None] | None = None) -> None:
        """Execute one statement; ``on_stored`` is called once its row is in the file."""
        self.write_quietly(sql, values, on_stored)
        problem = self.problem
        if problem is not None and not self._was_raised:
            self._was_raised = True
            raise ProblemError(problem.what, problem.where, problem.hint)

    def write_quietly(
        self, sql: str, values: Sequence[Any], on_stored: Callable[[], None] | None = None
    ) -> None:
        """Execute one statement, and leave it to the next `write` to raise what is wrong."""
        with self._lock:
            if self._connection is None:
                return
            self._waiting.append(_Write(sql, values, on_stored))
            refused = self._write_waiting(self._connection)
            self.problem = None if refused is None else _refusal(refused, self._path)
            self._was_raised &= refused is not None

    @property
    def is_up_to_date(self) -> bool:
        """Whether no row waits for the disk."""
        return not self._waiting

    def close(self) -> None:
        """Try the waiting rows once more, fold the log into the one file, and let it go.

        What is written after that is dropped.
        """
        with self._lock:
            if self._connection is None:
                return
            self._write_waiting(self._connection)
            # A single file in the plain format also opens on read-only media. If someone is reading
            # just now, the log stays beside the file, and both are valid.
            with suppress(sqlite3.Error):
                self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.close()
            self._connection = None

    def _write_waiting(self, connection: sqlite3.Connection) -> Exception | None:
        while self._waiting:
            write = self._waiting[0]
            try:
                connection.execute(write.sql, write.values)
            except (sqlite3.DataError, OverflowError) as error:
                # Too large for one row, for ever: it must not hold up those behind it.
                self._waiting.popleft()
                return error
            except sqlite3.Error as error:
                return error
            self._waiting.popleft()
            if write.on_stored is not None:
                write.on_stored()
        return None


def _create_file(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        connection.executescript(
            f"BEGIN; PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
            f"{TABLES} COMMIT;"
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _refusal(error: Exception, path: Path) -> Problem:
    return Problem(
        f"The recording can't be written: {error}.",
        where=str(path),
        hint="Free some space on that disk. Until then what arrives is kept in memory.",
    )
