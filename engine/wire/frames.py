"""Frames: how the application and a worker talk over stdin and stdout.

A frame is a fixed head (magic, header length, body length), a JSON header and a body of raw
column bytes. The header's ``type`` names the message; its ``columns`` list, if any, gives
``[name, typecode, count]`` for each column of the body, in order (typecodes of `array`,
native sizes, little endian). No pickle, ever: a frame is data.
"""

from __future__ import annotations

import json
import struct
import sys
from array import array
from typing import IO, Any, Mapping

MAGIC = b"LSF1"
_HEAD = struct.Struct("<4sIQ")
MAX_HEADER_BYTES = 256 * 1024 * 1024
MAX_BODY_BYTES = 4 * 1024 * 1024 * 1024

Header = dict[str, Any]


class FrameError(Exception):
    """The byte stream is not a sequence of frames; nothing after this point can be read."""


def encode_frame(header: Mapping[str, Any], columns: Mapping[str, array[Any]] | None = None) -> bytes:
    """Return one frame as bytes. ``columns`` maps a name to an `array.array`."""
    head = dict(header)
    body = b""
    if columns:
        head["columns"] = [[name, column.typecode, len(column)] for name, column in columns.items()]
        body = b"".join(_little_endian(column) for column in columns.values())
    # allow_nan stays on for neither side: a NaN must become null before it gets here.
    text = json.dumps(head, separators=(",", ":"), allow_nan=False).encode("utf-8", "surrogatepass")
    return _HEAD.pack(MAGIC, len(text), len(body)) + text + body


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """Read one frame; return its raw JSON header and body, or None at a clean end.

    Raises `FrameError` if the stream ends inside a frame or holds something else.
    """
    head = _read_exactly(stream, _HEAD.size, at_start=True)
    if head is None:
        return None
    magic, header_bytes, body_bytes = _HEAD.unpack(head)
    if magic != MAGIC:
        raise FrameError(f"expected a frame, found {head[:16]!r}")
    if header_bytes > MAX_HEADER_BYTES or body_bytes > MAX_BODY_BYTES:
        raise FrameError(f"a frame of {header_bytes} + {body_bytes} bytes is larger than allowed")
    header = _read_exactly(stream, header_bytes)
    body = _read_exactly(stream, body_bytes)
    assert header is not None
    assert body is not None
    return header, body


def _read_exactly(stream: IO[bytes], count: int, at_start: bool = False) -> bytes | None:
    parts: list[bytes] = []
    missing = count
    while missing:
        part = stream.read(missing)
        if not part:
            if at_start and missing == count:
                return None
            raise FrameError(f"the stream ended {missing} bytes before the end of a frame")
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _little_endian(column: array[Any]) -> bytes:
    if sys.byteorder == "big":
        column = array(column.typecode, column)
        column.byteswap()
    return column.tobytes()
