"""The bytes of tables in a recording: columns as they lie in memory, strings once per table."""

from __future__ import annotations

import json
from collections.abc import Container, Mapping
from typing import Any

import numpy as np
import zstandard
from numpy.typing import NDArray

from engine.trace.event_table import COLUMNS, EventTable, Track, event_table
from engine.trace.launch_details import DETAIL_COLUMNS, LaunchDetails, launch_details
from engine.trace.step_table import STEP_COLUMNS, StepTable

# Level 1 keeps up with arriving windows; higher levels gain little on columns of integers.
_LEVEL = 1
_OLD_FILE = launch_details(
    {}, "The recording is from before launch configurations were kept: record the run again."
)


class DamagedTableError(Exception):
    """The stored bytes are not those of a table."""


def encode_table(table: EventTable) -> tuple[bytes, bytes]:
    """Return a table's head (strings, tracks, column layout) and its columns, both compressed."""
    columns = {name: getattr(table, name) for name in COLUMNS}
    details = {name: getattr(table.details, name) for name in DETAIL_COLUMNS}
    head = {
        "count": len(table),
        "columns": _layout(columns),
        "details": {
            "count": len(table.details),
            "columns": _layout(details),
            "unavailable": table.details.unavailable,
        },
        "names": table.names,
        "layers": table.layers,
        "tracks": [(track.process, track.device, track.resource) for track in table.tracks],
    }
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    # The details stand last: who doesn't know them reads the columns and stops.
    body = b"".join(_little_endian(column).tobytes() for column in (*columns.values(), *details.values()))
    # The standard library's JSON: names from a trace file may hold lone surrogates, which others refuse.
    return compressor.compress(json.dumps(head, separators=(",", ":")).encode()), compressor.compress(body)


def decode_table(head_bytes: bytes, body_bytes: bytes) -> EventTable:
    """Rebuild what `encode_table` stored. Raises `DamagedTableError`.

    Columns that this version doesn't know are left out; those it misses get their "none" value.
    """
    try:
        decompressor = zstandard.ZstdDecompressor()
        head = json.loads(decompressor.decompress(head_bytes))
        body = decompressor.decompress(body_bytes)
        columns, end = _decode_columns(body, head["columns"], head["count"], COLUMNS)
        tracks = tuple(Track(*track) for track in head["tracks"])
        details = _decode_details(body, end, head.get("details"))
        return event_table(tuple(head["names"]), tracks, tuple(head["layers"]), details, **columns)
    except (zstandard.ZstdError, ValueError, KeyError, TypeError) as error:
        raise DamagedTableError(str(error)) from error


def encode_steps(steps: StepTable) -> bytes:
    """Return the columns of a step table, one after another, little endian."""
    return b"".join(_little_endian(getattr(steps, name)).tobytes() for name in STEP_COLUMNS)


def decode_steps(count: int, body: bytes) -> StepTable:
    """Rebuild what `encode_steps` stored. Raises `DamagedTableError`."""
    layout = [[name, np.dtype(dtype).newbyteorder("<").str] for name, dtype in STEP_COLUMNS.items()]
    try:
        columns, _ = _decode_columns(body, layout, count, STEP_COLUMNS)
    except (ValueError, TypeError) as error:
        raise DamagedTableError(str(error)) from error
    return StepTable(*(columns[name].astype(dtype, copy=False) for name, dtype in STEP_COLUMNS.items()))


def _layout(columns: Mapping[str, NDArray[Any]]) -> list[list[str]]:
    return [[name, column.dtype.newbyteorder("<").str] for name, column in columns.items()]


def _decode_details(body: bytes, offset: int, head: dict[str, Any] | None) -> LaunchDetails:
    if head is None:
        return _OLD_FILE
    columns, _ = _decode_columns(body, head["columns"], head["count"], DETAIL_COLUMNS, offset)
    return launch_details(columns, str(head["unavailable"]))


def _decode_columns(
    body: bytes, layout: list[list[str]], count: int, known: Container[str], offset: int = 0
) -> tuple[dict[str, NDArray[Any]], int]:
    """Return the columns that are ``known``, by name, and where in the body the last one ends."""
    columns: dict[str, NDArray[Any]] = {}
    for name, typecode in layout:
        column = np.frombuffer(body, np.dtype(typecode), count, offset)
        offset += column.nbytes
        if name in known:
            columns[name] = column
    return columns, offset


def _little_endian(column: NDArray[Any]) -> NDArray[Any]:
    return column.astype(column.dtype.newbyteorder("<"), copy=False)
