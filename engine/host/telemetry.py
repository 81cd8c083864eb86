"""Samples the machine beside a run: CPU, the worker's memory, an NVIDIA device."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import psutil

from engine.trace.memory_sample import TelemetrySample

INTERVAL_S = 0.25
PATIENCE_S = 2.0


class Telemetry(threading.Thread):
    """Gives ``take`` a sample four times a second until `finish`.

    It runs in the app, not in the worker: a second busy thread there would share the GIL with the
    steps that are being timed.
    """

    def __init__(
        self, worker_pid: int, device_uuid: str | None, take: Callable[[TelemetrySample], None]
    ) -> None:
        super().__init__(name="telemetry", daemon=True)
        self._take = take
        self._finished = threading.Event()
        self._pid = worker_pid
        self._device_uuid = device_uuid

    def run(self) -> None:
        """Sample until finished or the worker is gone."""
        try:
            process = psutil.Process(self._pid)
            device = NvidiaDevice.open(self._device_uuid)
            psutil.cpu_percent()
            process.cpu_percent()
            while not self._finished.wait(INTERVAL_S):
                self._take(_sample(process, device))
        except psutil.Error:
            return

    def finish(self) -> None:
        """Take no more samples; waits for the one that is being taken."""
        self._finished.set()
        if self.is_alive():
            # A driver whose GPU fell off the bus may never answer: the run ends all the same.
            self.join(PATIENCE_S)


def _sample(process: psutil.Process, device: NvidiaDevice | None) -> TelemetrySample:
    return TelemetrySample(
        time_ns=time.time_ns(),
        cpu_percent=psutil.cpu_percent(),
        worker_cpu_percent=process.cpu_percent(),
        resident_bytes=process.memory_info().rss,
        **(device.read() if device is not None else {}),
    )


class NvidiaDevice:
    """One NVIDIA GPU through NVML, if nvidia-ml-py and a driver are there."""

    def __init__(self, nvml: Any, handle: Any) -> None:
        self._nvml = nvml
        self._handle = handle

    @classmethod
    def open(cls, uuid: str | None) -> NvidiaDevice | None:
        """Return the device with this UUID, as torch names it; None if it can't be had."""
        if uuid is None:
            return None
        try:
            import pynvml

            pynvml.nvmlInit()
            # torch leaves out the prefix that NVML wants. By UUID, because CUDA_VISIBLE_DEVICES renumbers.
            full = uuid if uuid.startswith("GPU-") else f"GPU-{uuid}"
            return cls(pynvml, pynvml.nvmlDeviceGetHandleByUUID(full))
        except Exception:
            # Not installed, no driver, not permitted: the charts then say "unavailable".
            return None

    def read(self) -> dict[str, Any]:
        """Return load, memory, power, temperature and clock; None where the GPU doesn't tell."""
        nvml, handle = self._nvml, self._handle
        return {
            "device_load_percent": _ask(lambda: float(nvml.nvmlDeviceGetUtilizationRates(handle).gpu)),
            "device_memory_bytes": _ask(lambda: int(nvml.nvmlDeviceGetMemoryInfo(handle).used)),
            "device_power_watts": _ask(lambda: nvml.nvmlDeviceGetPowerUsage(handle) / 1000),
            "device_temperature_celsius": _ask(
                lambda: float(nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))
            ),
            "device_clock_mhz": _ask(lambda: float(nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM))),
            "device_throttle": _ask(lambda: throttle_text(_clock_reasons(nvml, handle))),
        }


# Bits of nvmlDeviceGetCurrentClocksEventReasons that mean a lower clock than the load asks for (nvml.h:
# nvmlClocksEventReason…). Left out: idle (1), clocks that somebody set (2, 0x10, 0x100).
_THROTTLE_REASONS = {
    0x4: "power limit",
    0x8: "hardware slowdown",
    0x20: "temperature (software)",
    0x40: "temperature (hardware)",
    0x80: "power brake of the hardware",
}


def throttle_text(reasons: int) -> str:
    """Return what keeps a GPU below its clock in words, from NVML's bits; empty if nothing does."""
    return ", ".join(text for bit, text in _THROTTLE_REASONS.items() if reasons & bit)


def _clock_reasons(nvml: Any, handle: Any) -> int:
    # Drivers before 535 know it by its old name.
    for name in ("nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"):
        reasons = _ask(lambda name=name: int(getattr(nvml, name)(handle)))  # type: ignore[misc]
        if reasons is not None:
            return int(reasons)
    raise LookupError("this GPU tells no reasons")


def _ask(question: Callable[[], Any]) -> Any:
    try:
        return question()
    except Exception:
        # NVML raises its own type for each thing a GPU doesn't support.
        return None
