"""On a CUDA device: step times against CUDA events, kernel times against torch's own exported trace."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import torch

from tests.benchmarks.bench_table import Beside, Measurement
from tests.benchmarks.worker_loop import WorkerLoop
from tests.benchmarks.workloads import Workload
from tests.worker.run.exported_trace import differing_durations, profiled_pair

_TURNS = 20
_LAYERS = (
    Workload(name="small", layers=("nn.Linear(512, 512)",), shape=(512, 512), phase="forward"),
    Workload(name="large", layers=("nn.Linear(4096, 4096)",), shape=(4096, 4096), phase="forward"),
)


def measure() -> Iterable[Measurement]:
    """Compare in turns; unavailable, with the reason, where there is no CUDA device."""
    if torch.cuda.is_available():
        yield from map(_against_events, _LAYERS)
        yield _kernels_against_trace()
        return
    reason = f"no CUDA device: torch {torch.__version__} sees none"
    rows = [_row(layer) for layer in _LAYERS] + [_KERNELS]
    yield from (replace(row, reference=f"unavailable: {reason}", repeats=0) for row in rows)


_KERNELS = Measurement(
    name="kernels whose duration differs from torch's exported trace", measured=None, unit="", target=0.0
)


def _row(layer: Workload) -> Measurement:
    return Measurement(name=f"median step on the GPU, {layer.name}: off", measured=None, unit="%", target=2.0)


def _against_events(layer: Workload) -> Measurement:
    worker = WorkerLoop(layer.experiment(seconds=1000.0, device="cuda:0"))
    turns = worker.turns()
    ours, theirs = [_our_median_us(worker, turns)], []
    for _ in range(_TURNS):
        theirs.append(_median_by_events_us(worker))
        ours.append(_our_median_us(worker, turns))
    around = [(before + after) / 2 for before, after in pairwise(ours)]
    off = statistics.median(our / their for our, their in zip(around, theirs, strict=True)) - 1
    beside = Beside(
        ours=statistics.median(ours), reference=statistics.median(theirs), unit="µs", name="CUDA events"
    )
    return replace(_row(layer), measured=100 * abs(off), repeats=_TURNS, beside=beside)


def _our_median_us(worker: WorkerLoop, turns: Iterator[None]) -> float:
    worker.channel.take_bare_ns()
    next(turns)
    return statistics.median(worker.channel.take_bare_ns()) / 1e3


def _median_by_events_us(worker: WorkerLoop) -> float:
    model, x = worker.subject.module, worker.subject.inputs[0]
    pairs = [[torch.cuda.Event(enable_timing=True) for _ in range(2)] for _ in range(100)]
    for first, last in pairs:
        first.record()
        model(x)
        last.record()
    torch.cuda.synchronize()
    return statistics.median(first.elapsed_time(last) * 1e3 for first, last in pairs)


def _kernels_against_trace() -> Measurement:
    with tempfile.TemporaryDirectory() as folder:
        ours, exported = profiled_pair(torch.device("cuda:0"), Path(folder) / "trace.json")
    return replace(
        _KERNELS,
        measured=float(differing_durations(ours, exported)),
        reference=f"{sum(ours.values())} kernels and operators, to the nanosecond",
    )
