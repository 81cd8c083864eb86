"""The exported trace against the recording: the same kernels, to the nanosecond."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.analysis.attribution import attribute
from engine.recording.chrome_writer import write_chrome_trace
from engine.trace.event_table import Kind
from tests.gpu.gpu_run import DEVICE, GpuRun, GpuRuns
from tests.gpu.test_attribution import TRAINING


@pytest.fixture(scope="session")
def training_run(runs: GpuRuns) -> GpuRun:
    """A finished training run."""
    run = runs.run(TRAINING)
    assert run.finished.outcome == "completed", run.finished.problem
    return run


def exported_kernels(run: GpuRun, path: Path) -> list[dict[str, Any]]:
    """Export the whole recording and return the trace's kernel rows, numbers as exact decimals."""
    write_chrome_trace(path, run.recording, attribute=attribute)
    trace = json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal, parse_int=Decimal)
    return [row for row in trace["traceEvents"] if row.get("ph") == "X" and row.get("cat") == "kernel"]


def test_that_exported_kernels_are_the_recordings_to_the_nanosecond(
    training_run: GpuRun, tmp_path: Path
) -> None:
    exported = Counter(
        (str(row["name"]), int(row["dur"] * 1000))
        for row in exported_kernels(training_run, tmp_path / "trace.json.gz")
    )
    recorded: Counter[tuple[str, int]] = Counter()
    for index in range(training_run.recording.window_count):
        table = training_run.recording.window(index).table
        for row in (table.kind == Kind.KERNEL).nonzero()[0]:
            recorded[(table.name_of(row), int(table.duration_ns[row]))] += 1

    assert sum(recorded.values()) > 0
    assert exported == recorded


def test_that_kernel_times_equal_those_torch_itself_exports_to_the_nanosecond(tmp_path: Path) -> None:
    import torch

    from tests.worker.run.exported_trace import differing_durations, profiled_pair

    ours, exported = profiled_pair(torch.device(DEVICE), tmp_path / "trace.json")

    assert sum(exported.values()) > 100
    assert differing_durations(ours, exported) == 0


def test_that_exported_kernels_name_their_layers(training_run: GpuRun, tmp_path: Path) -> None:
    kernels = exported_kernels(training_run, tmp_path / "trace.json.gz")
    paths = {layer.path for layer in training_run.recording.models[0].layers}
    named = [row["args"]["Layer"] for row in kernels if row["args"].get("Layer")]

    assert set(named) <= paths
    # Loss and optimizer kernels belong to no layer.
    assert len(named) > len(kernels) / 2
