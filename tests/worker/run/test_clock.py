from __future__ import annotations

import time

import pytest
import torch

from engine.worker.run.clock import DeviceClock, HostClock, clock_for, enter_device, unix_ns


def test_that_each_step_is_timed_and_prepared() -> None:
    done: list[str] = []
    starts, durations, _ = HostClock().time_block(
        lambda: done.append("step"), lambda: done.append("prepare"), 3
    )

    assert done == ["prepare", "step"] * 3
    assert starts == sorted(starts)
    assert len(durations) == 3
    assert all(duration > 0 for duration in durations)


def test_that_preparing_is_not_part_of_the_time() -> None:
    def prepare() -> None:
        end = time.perf_counter_ns() + 5_000_000
        while time.perf_counter_ns() < end:
            pass

    durations = HostClock().time_block(lambda: None, prepare, 3).durations_ns

    assert max(durations) < 5_000_000


def test_that_a_block_ends_behind_the_step_that_passes_its_limit() -> None:
    durations = HostClock().time_block(lambda: None, None, 10_000_000, limit_ns=1_000_000).durations_ns

    assert 1 <= len(durations) < 10_000_000


def test_that_a_cpu_is_timed_by_the_monotonic_clock() -> None:
    assert isinstance(clock_for(torch.device("cpu")), HostClock)
    assert abs(unix_ns(time.perf_counter_ns()) - time.time_ns()) < 50_000_000


class FakeSystem:
    """Counts as many involuntary switches as it is told of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.switches = 0
        monkeypatch.setattr("engine.worker.run.interruptions._switches", lambda: self.switches)


def busy(milliseconds: float) -> None:
    end = time.perf_counter_ns() + round(milliseconds * 1e6)
    while time.perf_counter_ns() < end:
        pass


def test_that_a_slow_step_during_which_a_thread_lost_its_core_is_interrupted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    system = FakeSystem(monkeypatch)
    number = iter(range(100))

    def step() -> None:
        current = next(number)
        system.switches += current in (3, 7)
        # The fifth is slow for a reason of its own.
        busy(40 if current in (3, 5, 7) else 0.1)

    block = HostClock().time_block(step, None, 10, usual_ns=20_000_000)

    assert list(block.interrupted) == [3, 7]


def test_that_a_step_of_the_usual_length_is_not_called_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    system = FakeSystem(monkeypatch)

    def step() -> None:
        system.switches += 1

    assert HostClock().time_block(step, None, 10, usual_ns=1_000_000_000).interrupted == []
    assert HostClock().time_block(step, None, 10).interrupted == []


def test_that_an_interruption_between_steps_is_not_the_next_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    system = FakeSystem(monkeypatch)

    def prepare() -> None:
        system.switches += 1

    assert HostClock().time_block(lambda: busy(2), prepare, 3, usual_ns=1_000).interrupted == []


class FakeEvent:
    """An event that reads the fake device's clock when recorded."""

    def __init__(self, module: FakeDevice) -> None:
        self._module = module
        self.time_ms = 0.0

    def record(self) -> None:
        self._module.recorded_on.append(self._module.current)
        self._module.now_ms += 1.5
        self.time_ms = self._module.now_ms

    def elapsed_time(self, end: FakeEvent) -> float:
        assert self._module.is_synchronized
        return end.time_ms - self.time_ms


class FakeDevice:
    """An accelerator's module with a current device, as torch.cuda is."""

    def __init__(self) -> None:
        self.current = torch.device("cuda:0")
        self.recorded_on: list[torch.device] = []
        self.now_ms = 0.0
        self.is_synchronized = False

    def Event(self, enable_timing: bool) -> FakeEvent:
        assert enable_timing
        return FakeEvent(self)

    def set_device(self, device: torch.device) -> None:
        self.current = device

    def synchronize(self, device: torch.device) -> None:
        self.is_synchronized = device == self.current


def test_that_steps_on_a_second_device_are_timed_on_that_device(monkeypatch: pytest.MonkeyPatch) -> None:
    module, second = FakeDevice(), torch.device("cuda:1")
    monkeypatch.setattr(torch, "get_device_module", lambda device: module)
    starts, durations, interrupted = DeviceClock(second).time_block(lambda: None, None, 2)

    assert durations == [1_500_000, 1_500_000]
    assert len(starts) == 2
    assert interrupted == ()
    assert set(module.recorded_on) == {second}


def test_that_what_is_between_steps_stands_before_the_first_event(monkeypatch: pytest.MonkeyPatch) -> None:
    module = FakeDevice()
    monkeypatch.setattr(torch, "get_device_module", lambda device: module)

    def prepare() -> None:
        module.now_ms += 100.0

    block = DeviceClock(torch.device("cuda:0")).time_block(lambda: None, prepare, 3)

    assert block.durations_ns == [1_500_000] * 3


def test_that_a_kind_of_one_device_has_none_to_enter() -> None:
    enter_device(torch.device("cpu"))
    enter_device(torch.device("mps"))
