"""Memory on a subject's device: what its allocator holds now, and the most that a step needs."""

from __future__ import annotations

from typing import Any

import torch

from engine.worker.channel import Channel
from engine.worker.run.allocations import allocation_columns, step_peak_bytes
from engine.worker.run.columns import StringTable
from engine.worker.run.held import held_blocks, held_bytes, held_json
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
    before = held_blocks(subject)
    counting = _PeakCounter(device)
    data = open_window(subject, 1, strings, with_memory=True)
    allocations = data.allocations or []
    step = counting.step_bytes()
    if device.type == "cpu":
        own = [block.address for block in before]
        step = step_peak_bytes(allocations, own)
    held = held_bytes(before)
    # What the step before put out lives until this one replaces it.
    carried = sum(block.size for block in before) - held
    channel.send("peak_memory", variant=subject.index, peak=_peak(device, held, carried, step))
    if not allocations:
        return
    channel.send(
        "memory_profile",
        {**data.columns, **allocation_columns(allocations)},
        variant=subject.index,
        names=strings.take_new(),
        tracks=data.tracks,
        held_before=held_json(before),
        held_after=held_json(held_blocks(subject)),
    )


def _peak(device: torch.device, held: int, carried: int, step: int | None) -> dict[str, Any]:
    if step is None:
        return {"peak_allocated_bytes_unavailable": f"torch counts no peak memory on {device.type} devices"}
    is_cpu = device.type == "cpu"
    return {
        "peak_allocated_bytes": held + carried + step,
        "step_peak_bytes": carried + step,
        "held_bytes": held,
        "source": "allocator events of one profiled step" if is_cpu else "device allocator",
    }


class _PeakCounter:
    """The most that a device's allocator held since now, where it counts that."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._module: Any = None if device.type == "cpu" else torch.get_device_module(device)
        if not hasattr(self._module, "max_memory_allocated"):
            self._module = None
            return
        self._module.synchronize(device)
        self._before: int = self._module.memory_allocated(device)
        self._module.reset_peak_memory_stats(device)

    def step_bytes(self) -> int | None:
        """Return the most since the start beyond what was held then; None where nobody counts."""
        if self._module is None:
            return None
        most: int = self._module.max_memory_allocated(self._device)
        return most - self._before
