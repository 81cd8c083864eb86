"""Cold caches: overwrite what the last step left in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Callable

import torch

from engine.wire.problem import ProblemError
from engine.worker.machine import cpu_cache_bytes

# Of caches whose size nothing tells. The largest of GPUs and of most CPUs are smaller.
UNKNOWN_CACHE_BYTES = 128 * 1024 * 1024
_MIB = 1024 * 1024


@dataclass(frozen=True)
class CacheFlush:
    """``call`` writes ``size_bytes``, twice the cache; ``reason`` says where its size comes from."""

    call: Callable[[], object]
    size_bytes: int
    reason: str


@lru_cache(maxsize=None)
def cache_flush(device: torch.device) -> CacheFlush:
    """Return the flush of a device's caches; all variants on it share one buffer.

    It reads and writes each number: what is only written may go past a CPU's caches. Raises
    `ProblemError` if the device has no room for the buffer.
    """
    known, whose = _cache_bytes(device)
    size = 2 * (known or UNKNOWN_CACHE_BYTES)
    told = f"twice the {known / _MIB:,.0f} MiB of {whose}" if known else f"nothing tells the size of {whose}"
    try:
        buffer = torch.zeros(size // 4, dtype=torch.float32, device=device)
    except (RuntimeError, MemoryError) as error:
        raise ProblemError(
            f"There is no room on {device} for the {size // _MIB:,} MiB that make its cache cold.",
            where="plan.cache",
            hint="Set the cache to warm, or choose a smaller model.",
            traceback=str(error),
        ) from None
    return CacheFlush(lambda: buffer.add_(1.0), size, told)


def _cache_bytes(device: torch.device) -> tuple[int | None, str]:
    if device.type == "cpu":
        return cpu_cache_bytes(), "the CPU's last-level cache"
    if device.type == "cuda":
        # Missing before torch 2.3, and on some builds for AMD.
        properties = torch.cuda.get_device_properties(device)
        return getattr(properties, "L2_cache_size", None) or None, "the GPU's L2 cache"
    return None, f"the cache of {device.type} devices"
