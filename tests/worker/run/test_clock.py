from __future__ import annotations

import time

import torch

from engine.worker.run.clock import HostClock, clock_for, unix_ns


def test_that_each_step_is_timed_and_prepared() -> None:
    done: list[str] = []
    starts, durations = HostClock().time_block(lambda: done.append("step"), lambda: done.append("prepare"), 3)

    assert done == ["prepare", "step"] * 3
    assert starts == sorted(starts)
    assert len(durations) == 3
    assert all(duration > 0 for duration in durations)


def test_that_preparing_is_not_part_of_the_time() -> None:
    def prepare() -> None:
        end = time.perf_counter_ns() + 5_000_000
        while time.perf_counter_ns() < end:
            pass

    _, durations = HostClock().time_block(lambda: None, prepare, 3)

    assert max(durations) < 5_000_000


def test_that_a_block_ends_behind_the_step_that_passes_its_limit() -> None:
    _, durations = HostClock().time_block(lambda: None, None, 10_000_000, limit_ns=1_000_000)

    assert 1 <= len(durations) < 10_000_000


def test_that_a_cpu_is_timed_by_the_monotonic_clock() -> None:
    assert isinstance(clock_for(torch.device("cpu")), HostClock)
    assert abs(unix_ns(time.perf_counter_ns()) - time.time_ns()) < 50_000_000
