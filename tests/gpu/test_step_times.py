"""Step times against CUDA events around the same work in another process."""

from __future__ import annotations

import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

from engine.host.engine import Engine
from tests.benchmarks.bench_table import read_json
from tests.gpu.gpu_run import DEVICE, GpuRuns, experiment

SIZE = 4096
AGREEMENT = 0.02


def median_by_cuda_events(step: Callable[[], object], steps: int = 200) -> float:
    """Return the median step time in µs, each step between two CUDA events of its own."""
    import torch

    pairs = [[torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(steps)]
    for first, last in pairs:
        first.record()
        step()
        last.record()
    torch.cuda.synchronize()
    return statistics.median(first.elapsed_time(last) * 1e3 for first, last in pairs)


def test_that_step_times_agree_with_cuda_events(runs: GpuRuns) -> None:
    import torch

    torch.backends.cuda.matmul.allow_tf32 = False
    layer = torch.nn.Linear(SIZE, SIZE, device=DEVICE)
    x = torch.randn(SIZE, SIZE, device=DEVICE)
    with torch.no_grad():
        # Warm up until the clocks stand where a run of seconds puts them; then before and after the run,
        # so that a drift of the GPU's clocks widens the bounds instead of failing the test.
        median_by_cuda_events(lambda: layer(x), 500)
        before = median_by_cuda_events(lambda: layer(x))
        run = runs.run(experiment(f"nn.Linear({SIZE}, {SIZE})", shape=(SIZE, SIZE), steps=300))
        median_by_cuda_events(lambda: layer(x), 300)
        after = median_by_cuda_events(lambda: layer(x))
    assert run.finished.outcome == "completed", run.finished.problem

    measured_us = float(np.median(run.recording.steps().bare().duration_ns)) / 1e3

    assert min(before, after) * (1 - AGREEMENT) <= measured_us <= max(before, after) * (1 + AGREEMENT)


def test_that_steps_agree_with_cuda_events_in_turns_on_the_very_same_layer(tmp_path: Path) -> None:
    # A process of its own: the measuring loop turns the garbage collector off.
    out = tmp_path / "gpu.json"
    command = [sys.executable, "-m", "tests.benchmarks", "gpu", "--json", str(out)]
    subprocess.run(command, check=True, cwd=Path(__file__).parents[2], stdout=subprocess.DEVNULL)
    rows, _ = read_json(out)

    assert len(rows) == 3
    assert [row for row in rows if not row.meets_target] == []


def test_that_a_large_step_is_as_long_as_its_kernels(runs: GpuRuns) -> None:
    run = runs.run(experiment(f"nn.Linear({SIZE}, {SIZE})", shape=(SIZE, SIZE), steps=300))
    summary, _ = run.analysed()
    assert summary.steps is not None

    kernels_us = sum(row.per_step_us for row in summary.kernels)

    # The span of a step also holds the gaps between its launches: never less than the kernels.
    assert kernels_us * (1 - AGREEMENT) <= summary.steps.median_us <= kernels_us * 1.1


def test_that_profiling_stays_within_its_budget(runs: GpuRuns) -> None:
    run = runs.run(experiment("nn.Linear(10, 10)", shape=(32, 10), seconds=4.0, budget_percent=10.0))
    ending = run.recording.ending
    assert ending is not None
    assert ending.profiling_ns is not None
    assert ending.elapsed_ns is not None

    assert run.recording.window_count > 1
    assert ending.profiling_ns / ending.elapsed_ns <= 0.11


def test_that_every_step_is_timed_once(engine: Engine, runs: GpuRuns) -> None:
    run = runs.run(experiment("nn.Linear(10, 10)", shape=(32, 10), steps=200))
    bare = run.recording.steps().bare()

    assert len(bare) == 200
    assert (bare.duration_ns > 0).all()
    assert len(np.unique(bare.step)) == 200
