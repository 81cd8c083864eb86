"""The worker's bare steps against torch.utils.benchmark.Timer, in turns, same model, same process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from torch.utils.benchmark import Timer

from tests.benchmarks.bench_table import Beside, Measurement
from tests.benchmarks.worker_loop import WorkerLoop
from tests.benchmarks.workloads import THREADS, Workload

# From 50 µs to 100 ms on one core.
LAYERS = (
    Workload(name="50 µs", layers=("nn.Linear(256, 256)",), shape=(64, 256), phase="forward"),
    Workload(name="200 µs", layers=("nn.LayerNorm(512)",), shape=(512, 512), phase="forward"),
    Workload(
        name="1 ms", layers=("nn.Conv2d(16, 32, 3, padding=1)",), shape=(2, 16, 48, 48), phase="forward"
    ),
    Workload(
        name="10 ms",
        layers=("nn.TransformerEncoderLayer(128, 4, 512, 0.0, batch_first=True)",),
        shape=(12, 64, 128),
        phase="forward",
    ),
    Workload(name="100 ms", layers=("nn.Linear(2048, 2048)",), shape=(1280, 2048), phase="forward"),
)
PAIRS = 30
# A turn of each clock, at least: short ones, so that what else the machine does hits both alike.
_TURN_S = 0.1
_LIMIT_S = 30.0
# A turn of the Timer counts if its own blocks agree this well. Each is the mean of up to a hundred steps:
# one interruption is in it, where a median of single steps passes it over.
_STEADY = 0.05
_FEWEST = 5


def measure() -> Iterable[Measurement]:
    """Time each layer by both clocks."""
    for layer in LAYERS:
        yield compare(layer)


def compare(layer: Workload, pairs: int = PAIRS, limit_s: float = _LIMIT_S) -> Measurement:
    """Take turns: our blocks and windows, then `Timer.blocked_autorange`; compare the medians of each pair.

    Each turn of the Timer is compared with the mean of ours before and after it, so that a drift of the
    machine hits both alike. ``measured`` is None if the machine is too busy for the Timer itself.
    """
    worker = WorkerLoop(layer.experiment(seconds=1000.0))
    timer = Timer("model(x)", globals=_names(worker), num_threads=THREADS)
    turns = worker.turns()
    turn_s = max(_TURN_S, 5e-9 * worker.subject.median_ns)
    ours_us, timer_us, ratios = [_our_median_us(worker, turns, turn_s)], [], []
    deadline = time.monotonic() + limit_s
    while len(ratios) < pairs and time.monotonic() < deadline:
        theirs = timer.blocked_autorange(min_run_time=turn_s)
        ours_us.append(_our_median_us(worker, turns, turn_s))
        if theirs.iqr <= _STEADY * theirs.median:
            timer_us.append(theirs.median * 1e6)
            ratios.append((ours_us[-2] + ours_us[-1]) / 2 / timer_us[-1])
    return _row(layer, ours_us, timer_us, ratios)


def _row(layer: Workload, ours_us: list[float], timer_us: list[float], ratios: list[float]) -> Measurement:
    row = Measurement(
        name=f"median step of {layer.layers[0].partition('(')[0]}, {layer.name}: off",
        measured=None,
        unit="%",
        target=3.0,
        reference="the machine is too busy: blocks of torch's Timer differ by more than 5 %",
        repeats=len(ratios),
    )
    if len(ratios) < _FEWEST:
        return row
    ours, theirs = statistics.median(ours_us), statistics.median(timer_us)
    beside = Beside(ours=ours, reference=theirs, unit="µs", name="torch Timer.blocked_autorange()")
    return replace(row, measured=100 * abs(statistics.median(ratios) - 1), reference="", beside=beside)


def _names(worker: WorkerLoop) -> dict[str, Any]:
    return {"model": worker.subject.module, "x": worker.subject.inputs[0]}


def _our_median_us(worker: WorkerLoop, turns: Iterator[None], turn_s: float) -> float:
    worker.channel.take_bare_ns()
    taken: list[int] = []
    while sum(taken) < turn_s * 1e9:
        next(turns)
        taken += worker.channel.take_bare_ns()
    return statistics.median(taken) / 1e3
