"""What reading one profile window costs per event, beside torch's own ways to read it."""

from __future__ import annotations

import statistics
from collections.abc import Iterable

import torch
from torch.profiler import ProfilerActivity, profile

from engine.worker.run.columns import StringTable, read_columns
from tests.benchmarks.bench_table import Measurement, seconds_of

_REPEATS = 5
_LAYERS = 100


def measure() -> Iterable[Measurement]:
    """Read the same windows in three ways; microseconds an event."""
    model = torch.nn.Sequential(*(torch.nn.Linear(10, 10) for _ in range(_LAYERS)))
    x = torch.randn(32, 10)
    model(x).sum().backward()
    ours, stops, theirs, averages = [], [], [], []
    for _ in range(_REPEATS):
        strings = StringTable()
        profiler = profile(activities=[ProfilerActivity.CPU])
        profiler.start()
        for _ in range(5):
            model(x).sum().backward()
        stop_s = seconds_of(profiler.stop)
        kineto = profiler.profiler.kineto_results
        count = len(kineto.events())
        ours.append(seconds_of(lambda k=kineto, s=strings: read_columns(k.events(), s)) / count * 1e6)
        stops.append(stop_s / count * 1e6)
        theirs.append(seconds_of(profiler.events) / count * 1e6)
        averages.append(seconds_of(profiler.key_averages) / count * 1e6)
    reference = f"windows of {count} events"
    return [
        _row("read a window into columns", ours, 5.0, reference),
        _row("torch: profiler.stop()", stops, None, "part of every profiler, ours too"),
        _row("torch: profiler.events()", theirs, None, "what most tools call"),
        _row("torch: key_averages()", averages, None, "on top of events()"),
    ]


def _row(name: str, values: list[float], target: float | None, reference: str) -> Measurement:
    return Measurement(
        name=name,
        measured=statistics.median(values),
        unit="us/event",
        target=target,
        reference=reference,
        repeats=len(values),
    )
