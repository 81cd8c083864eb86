"""Memory on a subject's device: what its allocator holds now, and the most that a step needs."""

from __future__ import annotations

from typing import Any

import torch

from engine.worker.run.columns import StringTable
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


def measure_peak(subject: Subject) -> dict[str, Any]:
    """Run a step and return the peak, as the report has it; with the reason where torch counts none.

    The peak is that of the variant alone: other variants hold memory too.
    """
    device = subject.settings.device
    held = subject.held_bytes()
    if device.type == "cpu":
        step = open_window(subject, 1, StringTable(), with_memory=True).step_peak_bytes
        source = "allocator events of one profiled step"
    else:
        step = _device_step_bytes(subject)
        source = "device allocator"
    if step is None:
        return {"peak_allocated_bytes_unavailable": f"torch counts no peak memory on {device.type} devices"}
    return {
        "peak_allocated_bytes": held + step,
        "step_peak_bytes": step,
        "held_bytes": held,
        "source": source,
    }


def _device_step_bytes(subject: Subject) -> int | None:
    device = subject.settings.device
    module = torch.get_device_module(device)
    if not hasattr(module, "max_memory_allocated"):
        return None
    module.synchronize(device)
    before: int = module.memory_allocated(device)
    module.reset_peak_memory_stats(device)
    open_window(subject, 1, StringTable())
    most: int = module.max_memory_allocated(device)
    return most - before
