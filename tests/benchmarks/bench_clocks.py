"""The worker's bare steps against torch.utils.benchmark.Timer, in turns, same model, same process."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Any

from torch.utils.benchmark import Timer

from tests.benchmarks.bench_table import Beside, Measurement
from tests.benchmarks.worker_loop import WorkerLoop
from tests.benchmarks.workloads import THREADS, Workload

# From 50 µs to 100 ms on one core.
LAYERS = (
    Workload(name="50 µs", layers=("nn.Linear(256, 256)",), shape=(40, 256), phase="forward"),
    Workload(name="200 µs", layers=("nn.LSTM(64, 64)",), shape=(4, 8, 64), phase="forward"),
    Workload(
        name="1 ms", layers=("nn.Conv2d(16, 32, 3, padding=1)",), shape=(4, 16, 48, 48), phase="forward"
    ),
    Workload(
        name="10 ms",
        layers=("nn.TransformerEncoderLayer(128, 4, 512, 0.0, batch_first=True)",),
        shape=(32, 64, 128),
        phase="forward",
    ),
    Workload(name="100 ms", layers=("nn.Linear(2048, 2048)",), shape=(1792, 2048), phase="forward"),
)
PAIRS = 30
# A turn of each clock, at least: short ones, so that what else the machine does hits both alike.
_TURN_S = 0.1
_LIMIT_S = 30.0
# A turn counts if this thread had its core for this share of it. The Timer's numbers are means of up to a
# hundred steps: one interruption is in them, where a median of single steps passes it over.
_UNDISTURBED = 0.98
_FEWEST = 5


def measure() -> Iterable[Measurement]:
    """Time each layer by both clocks."""
    for layer in LAYERS:
        yield from compare(layer)


def compare(layer: Workload, pairs: int = PAIRS, limit_s: float = _LIMIT_S) -> Iterator[Measurement]:
    """Take turns: our blocks and windows, then `Timer.blocked_autorange`; compare the medians of each pair.

    Each turn of the Timer is compared with the mean of ours before and after it, so that a drift of the
    machine hits both alike. ``measured`` is None if the machine is too busy for the Timer itself.

    The Timer's numbers are medians of blocks' means. How far a mean is from a median here, in a plain loop
    that has nothing of ours, is the second row: on a busy machine the clocks differ by that at least.
    """
    worker = WorkerLoop(layer.experiment(seconds=1000.0))
    timer = Timer("model(x)", globals=_names(worker), num_threads=THREADS)
    turns = worker.turns()
    turn_s = max(_TURN_S, 5e-9 * worker.subject.median_ns)

    def our_turn() -> float:
        return _our_median_us(worker, turns, turn_s)

    def timers_turn() -> float:
        return float(timer.blocked_autorange(min_run_time=turn_s).median * 1e6)

    ours, theirs, skews = [_undisturbed(our_turn)], [], []
    deadline = time.monotonic() + limit_s
    found: list[tuple[float, float]] = []
    while len(found) < pairs and time.monotonic() < deadline:
        theirs.append(_undisturbed(timers_turn))
        skews.append(_undisturbed(lambda: _plain_skew(_names(worker), turn_s)))
        ours.append(_undisturbed(our_turn))
        if ours[-2] and theirs[-1] and ours[-1]:
            found.append(((ours[-2] + ours[-1]) / 2, theirs[-1]))
    even = [skew for skew in skews if skew is not None]
    yield _row(layer, found)
    yield Measurement(
        name=f"the same, a plain loop's own mean over its median, {layer.name}",
        measured=100 * statistics.median(even) if even else None,
        unit="%",
        reference="" if even else "the machine is too busy: every turn was interrupted",
        repeats=len(even),
    )


def _undisturbed(turn: Callable[[], float]) -> float | None:
    """Return what a turn measured; None if other processes took the core from this thread meanwhile."""
    start, worked = time.perf_counter(), time.thread_time()
    measured = turn()
    share = (time.thread_time() - worked) / (time.perf_counter() - start)
    return measured if share >= _UNDISTURBED else None


def _row(layer: Workload, pairs: list[tuple[float, float]]) -> Measurement:
    row = Measurement(
        name=f"median step of {layer.layers[0].partition('(')[0]}, {layer.name}: off",
        measured=None,
        unit="%",
        target=3.0,
        reference="the machine is too busy: most turns were interrupted for over 2 % of their time",
        repeats=len(pairs),
    )
    if len(pairs) < _FEWEST:
        return row
    ours, theirs = (statistics.median(values) for values in zip(*pairs, strict=True))
    beside = Beside(ours=ours, reference=theirs, unit="µs", name="torch Timer.blocked_autorange()")
    off = statistics.median(our / their for our, their in pairs) - 1
    return replace(row, measured=100 * abs(off), reference="", beside=beside)


def _plain_skew(names: dict[str, Any], seconds: float) -> float:
    """Return by which part of the median the mean of single steps is above it, in a plain loop."""
    model, x = names["model"], names["x"]
    durations = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        before = time.perf_counter()
        model(x)
        durations.append(time.perf_counter() - before)
    return max(0.0, statistics.fmean(durations) / statistics.median(durations) - 1)


def _names(worker: WorkerLoop) -> dict[str, Any]:
    return {"model": worker.subject.module, "x": worker.subject.inputs[0]}


def _our_median_us(worker: WorkerLoop, turns: Iterator[None], turn_s: float) -> float:
    worker.channel.take_bare_ns()
    taken: list[int] = []
    while sum(taken) < turn_s * 1e9:
        next(turns)
        taken += worker.channel.take_bare_ns()
    return statistics.median(taken) / 1e3
