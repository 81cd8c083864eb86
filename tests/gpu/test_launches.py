"""How kernels were launched, as this GPU's own profile says it."""

from __future__ import annotations

import numpy as np
import pytest

from engine.analysis.kernel_library import USER
from engine.experiment.experiment import Experiment
from engine.trace.event_table import Kind
from engine.worker.run.device_details import NOT_TOLD_BY_TORCH
from tests.gpu.gpu_run import GpuRun, GpuRuns, experiment

LINEAR: Experiment = experiment("nn.Linear(512, 512)", "nn.ReLU()", shape=(256, 512), steps=100)


def finished(runs: GpuRuns) -> GpuRun:
    run = runs.run(LINEAR)
    assert run.finished.outcome == "completed", run.finished.problem
    assert run.recording.window_count > 0
    return run


def with_launches(runs: GpuRuns) -> GpuRun:
    """Return a run of a torch whose events tell; the others have a test of their own."""
    run = finished(runs)
    if run.recording.window(0).table.details.unavailable == NOT_TOLD_BY_TORCH:
        pytest.skip(NOT_TOLD_BY_TORCH)
    return run


def test_that_every_kernel_of_a_live_window_says_its_grid_and_block(runs: GpuRuns) -> None:
    run = with_launches(runs)

    for index in range(run.recording.window_count):
        table = run.recording.window(index).table
        kernels = np.flatnonzero(table.kind == Kind.KERNEL)
        places = table.details.places_of(kernels)
        assert (places >= 0).all()
        assert (table.details.grid_x[places] > 0).all()
        threads = (table.details.block_x * table.details.block_y * table.details.block_z)[places]
        assert ((threads > 0) & (threads <= 1024)).all()


def test_that_kernels_have_a_library_and_their_launch(runs: GpuRuns) -> None:
    summary, _ = with_launches(runs).analysed()
    kernels = [row for row in summary.kernels if row.kind == "kernel"]

    assert {row.library for row in kernels} - {USER}
    for row in kernels:
        assert row.launch is not None, row.device_reason
        assert row.launch.grid is not None
        occupancy = row.launch.occupancy_percent
        assert bool(row.launch.occupancy_reason) if occupancy is None else 0 <= occupancy <= 100


def test_that_a_torch_that_tells_nothing_is_the_reason(runs: GpuRuns) -> None:
    table = finished(runs).recording.window(0).table

    assert (len(table.details) > 0) != (table.details.unavailable == NOT_TOLD_BY_TORCH)


def test_that_the_launch_queue_is_counted_of_every_kernel(runs: GpuRuns) -> None:
    summary, _ = finished(runs).analysed()
    queue = summary.launch_queue

    assert queue is not None
    assert queue.matched == queue.device_events > 0
    assert queue.max_length >= 0
    assert queue.mean_length is not None
    assert 0 <= queue.mean_length <= queue.max_length
