"""The bytes of tables in a recording: columns as they lie in memory, strings once per table."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from engine.trace.event_table import COLUMNS, EventTable, Track, event_table
from engine.trace.step_table import STEP_COLUMNS, StepTable

# Level 1 keeps up with arriving windows; higher levels gain little on columns of integers.
_LEVEL = 1


class DamagedTableError(Exception):
    """The stored bytes are not those of a table."""


def encode_table(table: EventTable) -> tuple[bytes, bytes]:
    """Return a table's head (strings, tracks, column layout) and its columns, both compressed."""
    columns = {name: getattr(table, name) for name in COLUMNS}
    head = {
        "count": len(table),
        "columns": [[name, column.dtype.newbyteorder("<").str] for name, column in columns.items()],
        "names": table.names,
        "layers": table.layers,
        "tracks": [(track.process, track.device, track.resource) for track in table.tracks],
    }
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    body = b"".join(_little_endian(column).tobytes() for column in columns.values())
    # The standard library's JSON: names from a trace file may hold lone surrogates, which others refuse.
    return compressor.compress(json.dumps(head, separators=(",", ":")).encode()), compressor.compress(body)


def decode_table(head_bytes: bytes, body_bytes: bytes) -> EventTable:
    """Rebuild what `encode_table` stored. Raises `DamagedTableError`.

    Columns that this version doesn't know are left out; those it misses get their "none" value.
    """
    try:
        decompressor = zstandard.ZstdDecompressor()
        head = json.loads(decompressor.decompress(head_bytes))
        columns = _decode_columns(decompressor.decompress(body_bytes), head["columns"], head["count"])
        tracks = tuple(Track(*track) for track in head["tracks"])
        return event_table(tuple(head["names"]), tracks, tuple(head["layers"]), **columns)
    except (zstandard.ZstdError, ValueError, KeyError, TypeError) as error:
        raise DamagedTableError(str(error)) from error


def encode_steps(steps: StepTable) -> bytes:
    """Return the columns of a step table, one after another, little endian."""
    return b"".join(_little_endian(getattr(steps, name)).tobytes() for name in STEP_COLUMNS)


def decode_steps(count: int, body: bytes) -> StepTable:
    """Rebuild what `encode_steps` stored. Raises `DamagedTableError`."""
    layout = [[name, np.dtype(dtype).newbyteorder("<").str] for name, dtype in STEP_COLUMNS.items()]
    try:
        columns = _decode_columns(body, layout, count)
    except (ValueError, TypeError) as error:
        raise DamagedTableError(str(error)) from error
    return StepTable(*(columns[name].astype(dtype, copy=False) for name, dtype in STEP_COLUMNS.items()))


def _decode_columns(body: bytes, layout: list[list[str]], count: int) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {}
    offset = 0
    for name, typecode in layout:
        column = np.frombuffer(body, np.dtype(typecode), count, offset)
        offset += column.nbytes
        if name in COLUMNS or name in STEP_COLUMNS:
            columns[name] = column
    return columns


def _little_endian(column: NDArray[Any]) -> NDArray[Any]:
    return column.astype(column.dtype.newbyteorder("<"), copy=False)
