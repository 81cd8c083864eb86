"""The allocator's events of a profile: what was allocated and freed, when, and on which thread."""

from __future__ import annotations

from array import array
from typing import Any, Iterable, Iterator, NamedTuple, Sequence

import torch

from engine.wire.allocation_columns import ALLOCATION_COLUMNS, ALLOCATION_PREFIX

# Addresses above 2^63 (tagged pointers) keep their low bits: they only need to differ.
ADDRESS_BITS = 2**63 - 1


class Allocation(NamedTuple):
    """One event: ``size`` bytes at ``address``, negative where they were freed.

    ``total_allocated`` and ``total_reserved`` are the whole allocator's behind it, 0 where it counts none.
    """

    time_ns: int
    thread: int
    address: int
    size: int
    total_allocated: int
    total_reserved: int


def read_allocations(results: Any, device: torch.device, begin_ns: int) -> list[Allocation]:
    """Return the events of ``device`` from ``begin_ns`` on, in order of time.

    ``results`` are torch's ``kineto_results`` of a profile taken with ``profile_memory``. Only
    their event tree knows addresses, in all torches.
    """
    found = [
        Allocation(
            node.start_time_ns,
            node.start_tid & 0x7FFF,
            (fields.ptr or 0) & ADDRESS_BITS,
            fields.alloc_size,
            fields.total_allocated or 0,
            fields.total_reserved or 0,
        )
        for node, fields in _allocation_nodes(results.experimental_event_tree())
        if fields.device.type == device.type and fields.device.index in (None, -1, device.index or 0)
    ]
    # Stable: of two events in one nanosecond the tree has the earlier first.
    found = [event for event in found if event.time_ns >= begin_ns]
    return sorted(found, key=lambda event: event.time_ns)


def allocation_columns(allocations: Sequence[Allocation]) -> dict[str, array[int]]:
    """Return the events as the columns of a frame (`engine.wire.allocation_columns`)."""
    return {
        ALLOCATION_PREFIX + name: array(typecode, [getattr(event, name) for event in allocations])
        for name, typecode in ALLOCATION_COLUMNS.items()
    }


def step_peak_bytes(allocations: Iterable[Allocation], held: Iterable[int]) -> int:
    """Return the most that was allocated at any time beside what lives at the addresses ``held``.

    What is freed without having been allocated in the profile, and is not held, was there before
    it: the output of the step before, most often.
    """
    own: set[int] = set(held)
    carried = balance = most = 0
    for event in allocations:
        if event.size > 0:
            own.add(event.address)
        elif event.address in own:
            own.discard(event.address)
        else:
            carried -= event.size
        balance += event.size
        most = max(most, balance)
    return carried + most


def _allocation_nodes(roots: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    waiting = list(reversed(list(roots)))
    while waiting:
        node = waiting.pop()
        fields = node.extra_fields
        if type(fields).__name__ == "_ExtraFields_Allocation":
            yield node, fields
        waiting.extend(reversed(node.children))
