"""Memory on a subject's device: what its allocator holds now, and the most that a step needs."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import Any, Iterator

import torch

from engine.worker.channel import Channel
from engine.worker.run.allocations import allocation_columns, step_peak_bytes
from engine.worker.run.columns import StringTable
from engine.worker.run.held import Held, held_bytes, held_json
from engine.worker.run.subject import Subject
from engine.worker.run.window import open_window


def allocator_bytes(device: torch.device) -> tuple[int, int] | None:
    """Return the bytes that are allocated and reserved now; None where torch counts none (a CPU)."""
    if device.type == "cpu":
        return None
    module = torch.get_device_module(device)
    if device.type == "mps":
        return module.current_allocated_memory(), module.driver_allocated_memory()
    if hasattr(module, "memory_allocated"):
        return module.memory_allocated(device), module.memory_reserved(device)
    return None


def measure_memory(subject: Subject, channel: Channel) -> None:
    """Profile a step with the allocator's events; send the peak, as the report has it, and the events.

    The peak is that of the variant alone: other variants hold memory too.
    """
    strings, device = StringTable(), subject.settings.device
    most = _MostAllocated(device)
    with _no_collection():
        data = open_window(subject, 1, strings, with_memory=True)
    memory = data.memory
    assert memory is not None
    if device.type == "cpu":
        step: int | None = step_peak_bytes(memory.allocations, [b.address for b in memory.held_before])
    else:
        step = most.since_the_start()
    channel.send("peak_memory", variant=subject.index, peak=_peak(device, memory.held_before, step))
    if not memory.allocations:
        return
    channel.send(
        "memory_profile",
        {**data.columns, **allocation_columns(memory.allocations)},
        variant=subject.index,
        names=strings.take_new()[1],
        tracks=data.tracks,
        held_before=held_json(memory.held_before),
        held_after=held_json(memory.held_after),
    )


def _peak(device: torch.device, blocks: list[Held], step: int | None) -> dict[str, Any]:
    if step is None:
        return {"peak_allocated_bytes_unavailable": f"torch counts no peak memory on {device.type} devices"}
    is_cpu, held = device.type == "cpu", held_bytes(blocks)
    # What the step before put out lives until this one replaces it.
    carried = sum(block.size for block in blocks) - held
    return {
        "peak_allocated_bytes": held + carried + step,
        "step_peak_bytes": carried + step,
        "held_bytes": held,
        "source": "allocator events of one profiled step" if is_cpu else "device allocator",
    }


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector out: what it frees of others would pass for memory that the step had held."""
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class _MostAllocated:
    """The most that a device's allocator holds from now on, where it counts that."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        module: Any = None if device.type == "cpu" else torch.get_device_module(device)
        self._module = module
        self._counts = hasattr(module, "max_memory_allocated")
        self._before = 0
        if self._counts:
            module.synchronize(device)
            self._before = module.memory_allocated(device)
            module.reset_peak_memory_stats(device)

    def since_the_start(self) -> int | None:
        """Return the most beyond what was held at the start; None where nobody counts."""
        if not self._counts:
            return None
        most: int = self._module.max_memory_allocated(self._device)
        return most - self._before
