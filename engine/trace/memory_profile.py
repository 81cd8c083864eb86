"""One step of a variant with every allocation in it, as the worker profiled it before measuring."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import EventTable


@dataclass(frozen=True, slots=True, eq=False)
class AllocationTable:
    """The allocator's events on the variant's device, in order of time; columns of shape (A,).

    ``size``: bytes allocated at ``address``, negative where they were freed. ``thread``: as the event
    table's. ``total_allocated`` and ``total_reserved``: what the whole process had behind the event, 0
    where the allocator counts none.
    """

    time_ns: NDArray[np.int64]
    thread: NDArray[np.int16]
    address: NDArray[np.int64]
    size: NDArray[np.int64]
    total_allocated: NDArray[np.int64]
    total_reserved: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.size)

    def __post_init__(self) -> None:
        if len({len(getattr(self, field.name)) for field in fields(self)}) > 1:
            raise ValueError("columns of allocations differ in length")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBlock:
    """A block of memory that lives between steps. ``path`` is its layer's, None if it has none.

    ``kind`` is one of parameters, buffers, inputs, gradients, optimizer state, outputs.
    """

    kind: str
    path: str | None
    address: int
    size: int


@dataclass(frozen=True, slots=True, eq=False)
class MemoryProfile:
    """The events of one step, its allocations, and what lived before and behind it."""

    table: EventTable
    allocations: AllocationTable
    held_before: tuple[HeldBlock, ...]
    held_after: tuple[HeldBlock, ...]
