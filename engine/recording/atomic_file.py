"""Files that appear whole or not at all."""

from __future__ import annotations

import errno
import os
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
def atomic_file(path: Path) -> Iterator[BinaryIO]:
    """Open a file to write beside ``path`` that takes its place when the block ends well.

    Whatever fails in the block, the file at ``path`` stays as it was and nothing else is left.
    Raises `ProblemError` for what the disk refuses; other errors pass through.
    """
    target = path.resolve()
    temporary = target.with_name(f".{target.name[:100]}.{uuid4().hex[:8]}.part")
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        try:
            with temporary.open("xb") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise ProblemError(
            f"The file can't be written: {error.strerror or error}.",
            where=str(path),
            hint=_HINTS.get(error.errno or 0, "Choose another place.") + " Nothing was left behind.",
        ) from error
