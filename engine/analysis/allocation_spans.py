"""From the allocator's events to blocks of memory: each with its size, and from when to when it lived."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace.memory_profile import AllocationTable, HeldBlock

Rows = NDArray[np.int64]

BEFORE = -1


@dataclass(frozen=True, slots=True, eq=False)
class BlockSpans:
    """Blocks of memory, shape (B,). A block lives from event ``start`` up to, not at, event ``end``.

    ``start`` is `BEFORE` for what lived before the first event; ``end`` is the number of events for
    what lives behind the last. ``held``: index of the held block that it is, -1 for none.
    """

    start: Rows
    end: Rows
    size: Rows
    held: Rows
    address: Rows

    def balance(self, event_count: int) -> Rows:
        """Return the bytes that live before the first event and behind each; shape (event_count + 1,)."""
        change = np.zeros(event_count + 2, np.int64)
        np.add.at(change, self.start + 1, self.size)
        np.subtract.at(change, self.end + 1, self.size)
        balance: Rows = np.cumsum(change)[: event_count + 1]
        return balance

    def alive_at(self, event: int) -> Rows:
        """Return the blocks that live behind an event (`BEFORE`: before all)."""
        return np.flatnonzero((self.start <= event) & (event < self.end))


def block_spans(allocations: AllocationTable, held: tuple[HeldBlock, ...]) -> BlockSpans:
    """Pair each allocation with the event that freed it, and what was freed first with what is held.

    What was freed without having been allocated here, and is not held, lived before as well.
    """
    count = len(allocations)
    order = np.lexsort((np.arange(count), allocations.address))
    address, size = allocations.address[order], allocations.size[order]
    is_allocation = size > 0
    follows = np.zeros(count, np.bool_)
    follows[1:] = (address[1:] == address[:-1]) & is_allocation[:-1] & ~is_allocation[1:]
    end = np.full(count, count)
    freed = np.flatnonzero(follows)
    end[order[freed - 1]] = order[freed]
    made = np.flatnonzero(allocations.size > 0)
    early = np.sort(order[~is_allocation & ~follows])
    earlier = _earlier_blocks(allocations, early, held)
    return BlockSpans(
        np.concatenate((earlier.start, made)),
        np.concatenate((earlier.end, end[made])),
        np.concatenate((earlier.size, allocations.size[made])),
        np.concatenate((earlier.held, np.full(len(made), -1))),
        np.concatenate((earlier.address, allocations.address[made])),
    )


def _earlier_blocks(allocations: AllocationTable, early: Rows, held: tuple[HeldBlock, ...]) -> BlockSpans:
    count = len(allocations)
    first_free = {int(allocations.address[event]): int(event) for event in early[::-1]}
    ends = [first_free.pop(block.address, count) for block in held]
    sizes = [block.size for block in held]
    strangers = sorted(first_free.items(), key=lambda item: item[1])
    ends += [event for _, event in strangers]
    sizes += [-int(allocations.size[event]) for _, event in strangers]
    addresses = [block.address for block in held] + [address for address, _ in strangers]
    numbers = np.concatenate((np.arange(len(held)), np.full(len(strangers), -1)))
    return BlockSpans(
        np.full(len(ends), BEFORE),
        np.array(ends, np.int64),
        np.array(sizes, np.int64),
        numbers,
        np.array(addresses, np.int64),
    )
