"""What reading one profile window costs per event, beside torch's own way to read it."""

from __future__ import annotations

import gc
import os
import statistics
from collections.abc import Iterable
from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from engine.worker.channel import Channel
from engine.worker.run.columns import StringTable, read_columns
from tests.benchmarks.bench_table import Beside, Measurement, seconds_of

_REPEATS = 7
# Two training steps of this many layers are 10,000 events.
_LAYERS = 119


def measure() -> Iterable[Measurement]:
    """Read windows both ways in turns; microseconds an event, from the profiler's stop on.

    Ours ends with the columns written to a pipe's end, torch's with `key_averages`. The garbage collector
    is off for ours, as it is in the worker while it measures, and on for torch's, as it is for whoever
    calls that.
    """
    model = torch.nn.Sequential(*(torch.nn.Linear(10, 10) for _ in range(_LAYERS)))
    channel, strings = Channel(os.open(os.devnull, os.O_WRONLY)), StringTable()
    ours, theirs, stops = [], [], []
    gc.collect()
    gc.freeze()
    gc.disable()
    _profiled(model)
    for _ in range(_REPEATS):
        profiler, stop_s = _profiled(model)
        results: Any = profiler.profiler.kineto_results  # type: ignore[union-attr]
        our_s = seconds_of(lambda r=results: _send(r, strings, channel))
        gc.enable()
        their_s = seconds_of(lambda p=profiler: (p.events(), p.key_averages()))
        gc.disable()
        count = len(results.events())
        for values, seconds in ((ours, our_s), (theirs, their_s), (stops, stop_s)):
            values.append(seconds / count * 1e6)
        gc.collect()
    return _rows(ours, theirs, stops, f"windows of {count:,} events")


def _profiled(model: torch.nn.Module) -> tuple[profile, float]:
    """Return a stopped profiler, and the seconds that its stop took."""
    profiler = profile(activities=[ProfilerActivity.CPU])
    profiler.start()
    for _ in range(2):
        model(torch.ones(32, 10)).sum().backward()
    return profiler, seconds_of(profiler.stop)


def _send(results: Any, strings: StringTable, channel: Channel) -> None:
    columns, tracks = read_columns(results.events(), strings, has_ops_alone=True)
    channel.send("window", columns, names=strings.take_new()[1], tracks=tracks)


def _rows(
    ours: list[float], theirs: list[float], stops: list[float], reference: str
) -> Iterable[Measurement]:
    ratios = [their_us / our_us for our_us, their_us in zip(ours, theirs, strict=True)]
    our_us, their_us, stop_us = map(statistics.median, (ours, theirs, stops))
    yield Measurement(
        name="reading a window is faster than torch by",
        measured=statistics.median(ratios),
        unit="×",
        target=20.0,
        better="higher",
        reference=reference,
        repeats=len(ratios),
        beside=Beside(
            ours=our_us, reference=their_us, unit="µs/event", name="torch: events() + key_averages()"
        ),
    )
    yield Measurement(
        name="from the profiler's stop to columns sent",
        measured=our_us,
        unit="µs/event",
        target=5.0,
        reference=f"{reference}; the stop itself takes {stop_us:.2g} µs an event, whoever reads",
        repeats=len(ours),
    )
