"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from engine.wire.problem import ProblemError

_HINTS = {
    errno.ENOSPC: "Free some space on that disk, or choose another one.",
    errno.EDQUOT: "Free some space in your quota, or choose another disk.",
    errno.EFBIG: "The disk or system doesn't allow a file this large: choose another place, or export less.",
    errno.EACCES: "Choose a folder that you may write to.",
    errno.EPERM: "Choose a folder that you may write to.",
    errno.EROFS: "That disk is read-only: choose another one.",
    errno.ENOENT: "That folder doesn't exist: choose another one.",
    errno.EISDIR: "That is a folder: choose a file name in it.",
}


@contextmanager
def atomic_file(path: Path, kind: str = "file") -> Iterator[BinaryIO]:
    """Open a file to write beside ``path`` that takes its place when the block ends well.

    Whatever fails in the block, the file at ``path`` stays as it was and nothing else is left. A
    device or pipe, which nothing can take the place of, is written directly. Raises `ProblemError`,
    which calls the file by its ``kind``, for what the disk refuses; other errors pass through.
    """
    try:
        with _direct(path) if _is_device(path) else _beside(path.resolve()) as file:
            yield file
    except OSError as error:
        raise ProblemError(
            f"The {kind} can't be written: {error.strerror or error}.",
            where=str(path),
            hint=_HINTS.get(error.errno or 0, "Choose another place.") + " Nothing was left behind.",
        ) from error


def _is_device(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


@contextmanager
def _direct(path: Path) -> Iterator[BinaryIO]:
    with path.open("wb") as file:
        yield file


@contextmanager
def _beside(target: Path) -> Iterator[BinaryIO]:
    _check_replaceable(target)
    temporary = target.with_name(f".{target.name[:100]}.{uuid4().hex[:8]}.part")
    try:
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, temporary)
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _check_replaceable(target: Path) -> None:
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    # A rename would replace a write-protected file all the same.
    if target.exists() and not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "the file is write-protected")
