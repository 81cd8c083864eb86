"""How much ten thousand windows grow the worker: profile, read, encode, as its loop does."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable

import psutil

from engine.worker.run.columns import StringTable
from engine.worker.run.window import open_window
from tests.benchmarks.bench_table import Measurement
from tests.benchmarks.worker_loop import WorkerLoop
from tests.benchmarks.workloads import Workload

LIMIT_S = 900
WINDOWS = int(os.environ.get("LAYERSCOPE_BENCH_WINDOWS", "10000"))
# The first windows fill caches of torch and of the C library's allocator.
_WARM_UP = 500
# The loop collects once a second, in which it opens 20 windows at most.
_WINDOWS_PER_COLLECTION = 20

_WORKLOAD = Workload(
    name="training",
    layers=("nn.Linear(64, 64)", "nn.LayerNorm(64)", "nn.GELU()") * 4,
    shape=(32, 64),
    phase="training",
)


def measure() -> Iterable[Measurement]:
    """Open the windows and compare the process's resident memory with that after the first few."""
    worker = WorkerLoop(_WORKLOAD.experiment())
    strings = StringTable()
    _open_windows(worker, strings, _WARM_UP)
    before = _resident_mb()
    events = worker.channel.events
    _open_windows(worker, strings, WINDOWS)
    grown = _resident_mb() - before
    yield Measurement(
        name=f"{WINDOWS:,} windows grow the worker by",
        measured=grown,
        unit="MB",
        target=20.0,
        reference=f"{(worker.channel.events - events) / WINDOWS:.0f} events a window; {before:.0f} MB before",
    )


def _open_windows(worker: WorkerLoop, strings: StringTable, count: int) -> None:
    subject = worker.subject
    for number in range(count):
        data = open_window(subject, 1, strings)
        subject.steps_done += 1
        first_name, names = strings.take_new()
        worker.channel.send("window", data.columns, first_name=first_name, names=names, tracks=data.tracks)
        if number % _WINDOWS_PER_COLLECTION == 0:
            gc.collect()


def _resident_mb() -> float:
    gc.collect()
    return float(psutil.Process().memory_info().rss / 1e6)
