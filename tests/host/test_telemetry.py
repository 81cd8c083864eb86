from __future__ import annotations

import os
import threading
import time

import pytest

from engine.host.telemetry import NvidiaDevice, Telemetry, throttle_text
from engine.trace.memory_sample import TelemetrySample


def test_that_samples_carry_time_load_and_memory() -> None:
    samples: list[TelemetrySample] = []
    arrived = threading.Event()

    def take(sample: TelemetrySample) -> None:
        samples.append(sample)
        arrived.set()

    telemetry = Telemetry(os.getpid(), None, take)
    telemetry.start()
    assert arrived.wait(30)
    telemetry.finish()
    count = len(samples)

    first = samples[0]
    assert abs(first.time_ns - time.time_ns()) < 60e9
    assert first.resident_bytes is not None
    assert first.resident_bytes > 1_000_000
    assert first.cpu_percent is not None
    assert first.device_power_watts is None
    assert not telemetry.is_alive()
    assert len(samples) == count


def test_that_a_process_that_is_gone_ends_it_quietly() -> None:
    telemetry = Telemetry(2**22 - 3, None, lambda sample: None)
    telemetry.start()
    telemetry.join(30)

    assert not telemetry.is_alive()


def test_that_a_device_that_nvml_can_not_open_is_none() -> None:
    assert NvidiaDevice.open(None) is None
    assert NvidiaDevice.open("00000000-0000-0000-0000-000000000000") is None


class FakeNvml:
    """An NVML that supports power and nothing else."""

    NVML_TEMPERATURE_GPU = 0
    NVML_CLOCK_SM = 1

    def __getattr__(self, name: str) -> object:
        if name == "nvmlDeviceGetPowerUsage":
            return lambda handle: 350_500

        def refuse(*args: object) -> object:
            raise RuntimeError("Not Supported")

        return refuse


def test_that_what_a_gpu_does_not_tell_is_unavailable_not_zero() -> None:
    values = NvidiaDevice(FakeNvml(), object()).read()

    assert values["device_power_watts"] == 350.5
    assert values["device_load_percent"] is None
    assert values["device_clock_mhz"] is None
    assert values["device_throttle"] is None


class ThrottledNvml(FakeNvml):
    """An NVML of a GPU at its power limit, which knows the question by one of its names."""

    def __init__(self, question: str, reasons: int) -> None:
        self._question = question
        self._reasons = reasons

    def __getattr__(self, name: str) -> object:
        if name == self._question:
            return lambda handle: self._reasons
        if name.startswith("nvmlDeviceGetCurrentClocks"):
            raise AttributeError(name)
        return super().__getattr__(name)


@pytest.mark.parametrize(
    "question", ["nvmlDeviceGetCurrentClocksEventReasons", "nvmlDeviceGetCurrentClocksThrottleReasons"]
)
def test_that_what_keeps_a_gpu_below_its_clock_is_told_in_words(question: str) -> None:
    values = NvidiaDevice(ThrottledNvml(question, 0x4 | 0x40), object()).read()

    assert values["device_throttle"] == "power limit, temperature (hardware)"


def test_that_a_gpu_at_rest_or_at_clocks_somebody_set_is_not_throttled() -> None:
    for reasons in (0, 0x1, 0x2, 0x10, 0x100):
        assert throttle_text(reasons) == ""


def test_that_the_bits_are_those_of_nvml() -> None:
    nvml = pytest.importorskip("pynvml")
    meant = {
        "SwPowerCap": "power limit",
        "HwSlowdown": "hardware slowdown",
        "SwThermalSlowdown": "temperature (software)",
        "HwThermalSlowdown": "temperature (hardware)",
        "HwPowerBrakeSlowdown": "power brake of the hardware",
    }

    for name, text in meant.items():
        assert throttle_text(getattr(nvml, f"nvmlClocksEventReason{name}")) == text
