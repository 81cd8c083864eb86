"""Cold caches on a GPU, and what its driver tells of throttling."""

from __future__ import annotations

import numpy as np

from engine.analysis.results import VariantSummary
from engine.host.telemetry import NvidiaDevice
from tests.gpu.gpu_run import GpuRun, GpuRuns, experiment

# 4 MiB in, 4 MiB out: they stay in the L2 cache of any GPU since 2017's.
SMALL = (1024, 1024)
LARGE = 4096


def median_us(run: GpuRun) -> float:
    assert run.finished.outcome == "completed", run.finished.problem
    return float(np.median(run.recording.steps().bare().duration_ns)) / 1e3


def kernels_us(run: GpuRun) -> float:
    return analysed(run).total_us


def analysed(run: GpuRun) -> VariantSummary:
    return run.analysed()[0]


def launches_per_step(run: GpuRun) -> float:
    summary = analysed(run)
    assert summary.completeness is not None
    assert summary.completeness.launches is not None
    return summary.completeness.launches / summary.profiled_steps


def test_that_a_cold_cache_slows_a_kernel_that_waits_for_memory(runs: GpuRuns) -> None:
    warm, cold = (
        runs.run(experiment("nn.ReLU()", shape=SMALL, steps=500, cache=cache)) for cache in ("warm", "cold")
    )
    median_us(warm), median_us(cold)

    # Of the kernels, not of the steps: a warm step of 10 µs is mostly its launch.
    assert kernels_us(cold) > 1.1 * kernels_us(warm)


def test_that_a_cold_cache_hardly_slows_a_kernel_that_computes(runs: GpuRuns) -> None:
    layer, shape = f"nn.Linear({LARGE}, {LARGE})", (LARGE, LARGE)
    warm, cold = (
        median_us(runs.run(experiment(layer, shape=shape, steps=200, cache=cache)))
        for cache in ("warm", "cold")
    )

    assert 0.95 * warm < cold < 1.1 * warm


def test_that_the_flush_is_in_no_step_and_in_no_window(runs: GpuRuns) -> None:
    warm, cold = (
        runs.run(experiment("nn.ReLU()", shape=SMALL, steps=500, cache=cache)) for cache in ("warm", "cold")
    )
    environment = cold.recording.environment
    kernels = {row.name for row in analysed(cold).kernels}

    assert environment["cache_flush_bytes"] >= 2 * 2**20
    assert "L2" in environment["cache_flush_reason"]
    assert kernels == {row.name for row in analysed(warm).kernels}
    assert launches_per_step(cold) == launches_per_step(warm)
    # The kernels of a step, and no flush of 100 MB, which takes 20 µs or more.
    assert median_us(cold) < kernels_us(cold) + 20


def test_that_fresh_inputs_leave_no_kernel_of_theirs(runs: GpuRuns) -> None:
    plain, fresh = (
        analysed(runs.run(experiment("nn.ReLU()", shape=SMALL, steps=500, fresh_inputs=is_fresh)))
        for is_fresh in (False, True)
    )

    assert {row.name for row in fresh.kernels} == {row.name for row in plain.kernels}


def test_that_the_driver_tells_whether_the_gpu_is_throttled(runs: GpuRuns) -> None:
    run = runs.run(experiment(f"nn.Linear({LARGE}, {LARGE})", shape=(LARGE, LARGE), seconds=3.0))
    devices = run.recording.environment["devices"]
    uuid = next(device["uuid"] for device in devices if device["name"] == "cuda:0")
    if NvidiaDevice.open(uuid) is None:
        # Without nvidia-ml-py nothing is told: then nothing may be claimed.
        assert all(sample.device_throttle is None for sample in run.recording.telemetry())
        return

    told = [sample.device_throttle for sample in run.recording.telemetry()]
    assert told
    assert all(text is not None for text in told)
