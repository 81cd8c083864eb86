"""The bytes of a trace file, unpacked: plain, .gz or .zst, whole or cut off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import zstandard
from isal import isal_zlib

from engine.trace.long_work import LongWork
from engine.wire.problem import ProblemError

_BLOCK_BYTES = 1 << 20
_GZIP_MAGIC = b"\x1f\x8b"
_ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class TraceText:
    """The JSON text. ``damage`` says, in a sentence, what could not be unpacked; empty if all was."""

    data: bytearray
    damage: str = ""


def read_trace_text(path: Path, work: LongWork) -> TraceText:
    """Unpack a file by what it holds, whatever its name. Raises `ProblemError` if it can't be read."""
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic.startswith(_GZIP_MAGIC):
                return _unpack(_gzip_blocks(_blocks(file, path, work)))
            if magic == _ZSTD_MAGIC:
                return _unpack(_zstd_blocks(_blocks(file, path, work)))
            return _plain(_unpack(_blocks(file, path, work)))
    except (OSError, MemoryError) as error:
        reason = getattr(error, "strerror", None) or str(error) or "there is not enough memory"
        raise ProblemError(
            f"The trace can't be opened: {reason}.",
            where=str(path),
            hint="Check that the file is there and that you may read it.",
        ) from error


class _CutOffError(Exception):
    """The packed bytes end early or are damaged; what came before is good."""


def _plain(text: TraceText) -> TraceText:
    # Read, not mapped: a file that somebody cuts short under a map takes the whole process down.
    if text.data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return TraceText(bytearray(text.data.decode("utf-16", "replace").encode("utf-8", "replace")))
    return text


def _blocks(file: BinaryIO, path: Path, work: LongWork) -> Iterator[bytes]:
    total = max(1, path.stat().st_size)
    while block := file.read(_BLOCK_BYTES):
        yield block
        work.report(file.tell() / total)


def _unpack(unpacked: Iterator[bytes]) -> TraceText:
    data = bytearray()
    try:
        for block in unpacked:
            data += block
    except _CutOffError as error:
        return TraceText(data, f"The packed file {error}: this is what came before.")
    return TraceText(data)


def _gzip_blocks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Unpack gzip members, of which a file may hold several, one after another."""
    decompressor = isal_zlib.decompressobj(16 + isal_zlib.MAX_WBITS)
    for block in blocks:
        pending = block
        while pending:
            if decompressor.eof:
                decompressor = isal_zlib.decompressobj(16 + isal_zlib.MAX_WBITS)
            try:
                yield decompressor.decompress(pending)
            except isal_zlib.error as error:  # type: ignore[misc]  # its stub says otherwise
                raise _CutOffError(f"is damaged ({error})") from error
            pending = decompressor.unused_data if decompressor.eof else b""
            # Some writers pad the end with zeros.
            pending = pending.lstrip(b"\0")
    if not decompressor.eof:
        raise _CutOffError("is cut off")


def _zstd_blocks(blocks: Iterator[bytes]) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor().decompressobj()
    for block in blocks:
        pending = block
        while pending:
            if decompressor.eof:
                decompressor = zstandard.ZstdDecompressor().decompressobj()
            try:
                yield decompressor.decompress(pending)
            except zstandard.ZstdError as error:
                raise _CutOffError(f"is damaged ({error})") from error
            pending = decompressor.unused_data if decompressor.eof else b""
    if not decompressor.eof:
        raise _CutOffError("is cut off")
