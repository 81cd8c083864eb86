"""The bytes that one call of an operator has to move at least."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engine.worker.work.op_call import OpCall
from engine.worker.work.op_tables import ALLOCATIONS, INDEXED, OVERWRITES


def op_bytes(call: OpCall) -> int:
    """Return the bytes of each distinct tensor that is read, once, and of all that is written, once.

    Views and allocations move nothing. An expanded tensor counts once what memory it has.
    """
    if call.is_view or call.is_bookkeeping or call.name in ALLOCATIONS:
        return 0
    written = [*call.fresh, *call.written]
    reads = {_place(tensor): touched_bytes(tensor) for tensor in _read(call)}
    writes = [touched_bytes(tensor) for tensor in written]
    if call.name in INDEXED and reads:
        return _indexed(call, list(reads.values()), writes)
    return sum(reads.values()) + sum(writes)


def touched_bytes(tensor: Tensor) -> int:
    """Return the bytes of memory behind a tensor: of an expanded dimension one element alone."""
    if tensor.layout == torch.sparse_coo:
        return int(tensor._indices().nbytes + tensor._values().nbytes)
    if tensor.layout != torch.strided:
        return int(tensor.values().nbytes)
    sizes = (size for size, stride in zip(tensor.shape, tensor.stride(), strict=True) if stride or not size)
    return min(math.prod(sizes) * tensor.element_size(), tensor.untyped_storage().nbytes())


def _read(call: OpCall) -> list[Tensor]:
    unread = {id(tensor) for tensor in call.outputs_given}
    if call.name in OVERWRITES:
        unread |= {id(tensor) for tensor in call.written}
    return [tensor for tensor in call.inputs if id(tensor) not in unread]


def _indexed(call: OpCall, reads: list[int], writes: list[int]) -> int:
    # The table itself: of what is read the first, and if it is changed in place what is written.
    table, others = reads[0], reads[1:]
    if call.written:
        touched = min(table, max(others, default=0))
        return 2 * touched + sum(others)
    result = sum(writes)
    return min(table, result) + sum(others) + result


def _place(tensor: Tensor) -> tuple[int, int, int]:
    # A matrix and its transpose are one place in memory.
    if tensor.layout != torch.strided:
        return id(tensor), 0, 0
    return tensor.untyped_storage()._cdata, int(tensor.storage_offset()), touched_bytes(tensor)
