"""JSON files on disk: read with errors that a person can act on, written whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

from engine.experiment.atomic_file import atomic_file
from engine.experiment.readable_json import readable_json
from engine.wire.problem import ProblemError

MAX_BYTES = 8 * 1024 * 1024


def read_json(path: Path, kind: str = "project") -> Any:
    """Return what a JSON file holds. ``kind`` says in messages what the file should be.

    Raises `ProblemError` if it can't be read, is larger than `MAX_BYTES`, or is not JSON; then
    it names line and column.
    """
    content = _read_bytes(path, kind)
    try:
        return json.loads(_decoded(content), object_pairs_hook=_object, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise _not_json(error, content, path, kind) from None
    except UnicodeDecodeError:
        raise ProblemError(
            f"This {kind} is not a text file.", str(path), "Choose a JSON file, saved as UTF-8."
        ) from None
    except RecursionError:
        raise ProblemError(f"This {kind} is nested too deeply.", str(path), "Nest it less.") from None
    except ValueError as error:
        raise ProblemError(f"This {kind} can't be read: {error}.", str(path), "Correct it.") from None


def write_json(path: Path, data: Any, kind: str = "project") -> None:
    """Write a JSON file in one go: whatever fails, the file is the old one or the new one.

    Raises `ProblemError` if it can't be written.
    """
    text = readable_json(data)
    # A path on Linux may hold bytes that are no UTF-8; escaped, they survive the way there and back.
    content = text.encode("utf-8") if _is_plain(text) else json.dumps(data, indent=2).encode("ascii")
    with atomic_file(path, kind) as file:
        file.write(content)


def _read_bytes(path: Path, kind: str) -> bytes:
    try:
        if not path.is_file():
            exists = path.exists()
            raise ProblemError(
                f"This is not a file but {'a folder' if path.is_dir() else 'a device'}."
                if exists
                else f"There is no such {kind}.",
                str(path),
                f"Choose a {kind} file." if exists else "Check the path: it may have been moved or deleted.",
            )
        with path.open("rb") as file:
            # One byte more than allowed tells a file that is too large, without reading all of it.
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ProblemError(
            f"The {kind} can't be read: {error.strerror or error}.",
            str(path),
            "Check who may read it, or choose another file.",
        ) from None
    if len(content) > MAX_BYTES:
        raise ProblemError(
            f"This file is larger than {MAX_BYTES // 2**20} MiB, which no {kind} is.",
            str(path),
            "Choose another file. If it is a trace, open it as a trace.",
        )
    return content


def _decoded(content: bytes) -> str:
    # Windows editors like to put a byte order mark in front, and some write UTF-16.
    utf_16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    return content.decode("utf-16" if utf_16 else "utf-8-sig")


def _not_json(error: json.JSONDecodeError, content: bytes, path: Path, kind: str) -> ProblemError:
    where = f"{path}:{error.lineno}:{error.colno}"
    if not content.strip():
        return ProblemError(f"This {kind} is empty.", str(path), "Choose another file.")
    if not error.doc[error.pos :].strip() or "Unterminated" in error.msg:
        return ProblemError(
            f"This {kind} ends in the middle: a part of it is missing.",
            where,
            "Restore it from a copy, or add what is missing.",
        )
    return ProblemError(
        f"This {kind} is not JSON at line {error.lineno}, column {error.colno}: {error.msg}.",
        where,
        "Correct it in a text editor.",
    )


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f'"{twice}" stands twice in one object')
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number that JSON knows")


def _is_plain(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
