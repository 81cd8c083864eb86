"""When the device was kept below its clock, from the samples taken beside a run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace.memory_sample import TelemetrySample

ON_A_CPU = "no sensor that a profiler may read tells when a CPU is slowed down"
NO_SAMPLE = "no sample of the GPU was taken during the steps"
NOT_TOLD = "nothing told whether the GPU was throttled: only NVIDIA's driver does, through nvidia-ml-py"


@dataclass(frozen=True, slots=True, eq=False)
class Throttling:
    """Which steps ran while the device was throttled, shape (N,), why, and at which clocks (MHz)."""

    is_throttled: NDArray[np.bool_]
    reasons: tuple[str, ...]
    slowest_mhz: float | None
    fastest_mhz: float | None


def throttling_of(
    start_ns: NDArray[np.int64], samples: Sequence[TelemetrySample], device: str
) -> Throttling | str:
    """Join steps that begin at ``start_ns`` with the samples; or return why that can't be done.

    A step goes by the first sample behind its start: a sample tells of the moment, and of no later one.
    """
    if device.startswith("cpu"):
        return ON_A_CPU
    told = [sample for sample in samples if sample.device_throttle is not None]
    if not told:
        return NOT_TOLD if samples else NO_SAMPLE
    at = np.array([sample.time_ns for sample in told]).searchsorted(start_ns)
    # Steps behind the last sample go by that one.
    at = np.minimum(at, len(told) - 1)
    is_throttled = np.array([bool(sample.device_throttle) for sample in told])[at]
    during = [told[number] for number in np.unique(at[is_throttled])]
    reasons = dict.fromkeys(reason for s in during for reason in (s.device_throttle or "").split(", "))
    throttled = [s.device_clock_mhz for s in during if s.device_clock_mhz is not None]
    clocks = [sample.device_clock_mhz for sample in told if sample.device_clock_mhz is not None]
    return Throttling(is_throttled, tuple(reasons), min(throttled, default=None), max(clocks, default=None))
