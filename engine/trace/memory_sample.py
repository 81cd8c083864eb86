"""Samples of memory and of the machine's load, taken beside the steps."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MemorySample:
    """The device allocator's state after a batch of steps of one variant. Bytes."""

    time_ns: int
    variant: int
    allocated_bytes: int
    reserved_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySample:
    """What the machine was doing. Unix ns; None is unavailable: this machine or device does not tell.

    ``worker_cpu_percent`` is the worker's CPU time (100 = one core); ``cpu_percent`` the whole
    machine's load (0 … 100); ``resident_bytes`` the worker's resident set. ``device_throttle`` names
    what kept the device below its clock, joined by ", "; empty if nothing did.
    """

    time_ns: int
    cpu_percent: float | None = None
    worker_cpu_percent: float | None = None
    resident_bytes: int | None = None
    device_load_percent: float | None = None
    device_memory_bytes: int | None = None
    device_power_watts: float | None = None
    device_temperature_celsius: float | None = None
    device_clock_mhz: float | None = None
    device_throttle: str | None = None
