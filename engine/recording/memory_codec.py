"""The bytes of a memory profile in a recording."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import zstandard

from engine.recording.documents import decode_document, encode_document
from engine.recording.table_codec import DamagedTableError, decode_table, encode_table
from engine.trace.memory_profile import AllocationTable, HeldBlock, MemoryProfile
from engine.wire.allocation_columns import ALLOCATION_COLUMNS

_LEVEL = 1


class _HeldBlocks(msgspec.Struct):
    before: tuple[HeldBlock, ...]
    after: tuple[HeldBlock, ...]


def encode_memory_profile(profile: MemoryProfile) -> tuple[bytes, bytes, bytes, str]:
    """Return the table's head and columns, the allocations (all compressed), and the held blocks as JSON."""
    columns = (getattr(profile.allocations, name) for name in ALLOCATION_COLUMNS)
    body = b"".join(column.astype(column.dtype.newbyteorder("<"), copy=False).tobytes() for column in columns)
    allocations = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(body)
    held = encode_document(_HeldBlocks(profile.held_before, profile.held_after))
    return *encode_table(profile.table), allocations, held


def decode_memory_profile(head: bytes, columns: bytes, allocations: bytes, held: str) -> MemoryProfile:
    """Rebuild what `encode_memory_profile` stored. Raises `DamagedTableError`."""
    table = decode_table(head, columns)
    try:
        blocks = decode_document(held, _HeldBlocks)
        body = zstandard.ZstdDecompressor().decompress(allocations)
        return MemoryProfile(table, _allocation_table(body), blocks.before, blocks.after)
    except (zstandard.ZstdError, ValueError, json.JSONDecodeError) as error:
        raise DamagedTableError(str(error)) from error


def _allocation_table(body: bytes) -> AllocationTable:
    layout = {name: np.dtype(typecode).newbyteorder("<") for name, typecode in ALLOCATION_COLUMNS.items()}
    count, rest = divmod(len(body), sum(dtype.itemsize for dtype in layout.values()))
    if rest:
        raise ValueError("the allocations are not whole")
    columns, offset = {}, 0
    for name, dtype in layout.items():
        columns[name] = np.frombuffer(body, dtype, count, offset)
        offset += columns[name].nbytes
    return AllocationTable(**columns)
