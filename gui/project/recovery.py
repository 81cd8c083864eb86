"""Autosave: the work is there after a crash of anything."""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QLockFile

from engine.experiment.experiment import Experiment
from engine.experiment.project_file import load_experiment, save_experiment
from engine.wire.problem import ProblemError


@dataclass(frozen=True, kw_only=True)
class AbandonedWork:
    """Unsaved work of an application that ended without closing its project.

    ``path`` is the project file it was opened from, None if it was never saved;
    ``base_directory`` is what its relative paths are relative to.
    """

    experiment: Experiment
    path: Path | None
    base_directory: Path
    file: Path


class Recovery:
    """The recovery file of one running application, and those that others left behind.

    Each application locks its own file, so that two running at once never restore each
    other's work. The lock of a process that is gone is stale and can be taken.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._file = directory / f"{uuid.uuid4().hex}.recovery.json"
        self._lock = QLockFile(str(_lock_path(self._file)))
        self._lock.setStaleLockTime(0)
        self._lock.tryLock(0)

    def write(self, experiment: Experiment, path: Path | None, base_directory: Path) -> None:
        """Keep ``experiment``; raises `ProblemError` if it can't be written."""
        save_experiment(self._file, experiment)
        origin = {"path": str(path) if path else None, "base_directory": str(base_directory)}
        try:
            _origin_path(self._file).write_text(json.dumps(origin), encoding="utf-8")
        except OSError as error:
            raise ProblemError(f"The recovery file can't be written: {error}.", str(self._file)) from error

    def clear(self) -> None:
        """Forget what was kept: it is saved, or nobody wants it."""
        _remove(self._file)

    def close(self) -> None:
        """Clear, and release the lock. Call when the application ends in good order."""
        self.clear()
        self._lock.unlock()

    def abandoned(self) -> list[AbandonedWork]:
        """Work that crashed applications left, newest first. Files nobody can read are skipped."""
        files = [file for file in self._directory.glob("*.recovery.json") if file != self._file]
        found = [work for file in sorted(files, key=_modified, reverse=True) if (work := _read(file))]
        return [work for work in found if self._is_free(work.file)]

    def discard(self, work: AbandonedWork) -> None:
        """Remove work that was restored or refused."""
        _remove(work.file)
        with suppress(OSError):
            _lock_path(work.file).unlink()

    def _is_free(self, file: Path) -> bool:
        lock = QLockFile(str(_lock_path(file)))
        lock.setStaleLockTime(0)
        if not lock.tryLock(0):
            return False
        lock.unlock()
        return True


def _read(file: Path) -> AbandonedWork | None:
    try:
        origin = json.loads(_origin_path(file).read_text(encoding="utf-8"))
        path = Path(origin["path"]) if origin["path"] else None
        return AbandonedWork(
            experiment=load_experiment(file),
            path=path,
            base_directory=Path(origin["base_directory"]),
            file=file,
        )
    except (OSError, ValueError, KeyError, TypeError, ProblemError):
        return None


def _remove(file: Path) -> None:
    for path in (file, _origin_path(file)):
        with suppress(OSError):
            path.unlink()


def _modified(file: Path) -> float:
    with suppress(OSError):
        return file.stat().st_mtime
    return 0.0


def _origin_path(file: Path) -> Path:
    return file.with_suffix(".origin")


def _lock_path(file: Path) -> Path:
    return file.with_suffix(".lock")
