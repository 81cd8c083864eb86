"""Analysing a window of 10,000 events: attribution and all its summaries, and a run's summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np

from engine.analysis.run_analysis import RunAnalysis
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import EventTable, Kind, Track, event_table
from engine.trace.step_table import step_table
from engine.trace.window import Window
from tests.benchmarks.bench_table import Measurement

_LAYERS = 100
_OPS_PER_LAYER = 49
_REPEATS = 50
_COLUMNS = ("name", "kind", "start_ns", "duration_ns", "sequence", "forward_thread")
_NODE = "autograd::engine::evaluate_function: "


def measure() -> Iterable[Measurement]:
    """Time the analysis of one window, per event, and the summary of a run of a million steps."""
    paths = ("", *(f"blocks.{number}" for number in range(_LAYERS)))
    table = _training_step(paths)
    model = BuiltModel(name="model", layers=tuple(BuiltLayer(path=path, type="Block") for path in paths))
    analysis = RunAnalysis([model])
    window = Window(0, 0, 0, 1, 0, 1, 0, "kineto", table)
    window_s = _best(lambda: analysis.add_window(window))
    count = 1_000_000
    steps = step_table(
        variant=np.zeros(count),
        step=np.arange(count),
        start_ns=np.arange(count),
        duration_ns=np.random.default_rng(0).integers(1_000, 9_000, count),
        flags=np.zeros(count),
    )
    started = time.perf_counter()
    analysis.summary(steps)
    first_s = time.perf_counter() - started
    return [
        Measurement(
            name=f"analyse a window of {len(table):,} events, per event",
            measured=window_s / len(table) * 1e6,
            unit="µs",
            target=1.0,
        ),
        Measurement(
            name="sum up a run of a million steps, with the median's interval",
            measured=first_s * 1e3,
            unit="ms",
            target=50.0,
        ),
        Measurement(
            name="sum it up again, no new step",
            measured=_best(lambda: analysis.summary(steps)) * 1e3,
            unit="ms",
        ),
    ]


def _best(work: Callable[[], object]) -> float:
    durations = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
    return min(durations)


def _training_step(paths: tuple[str, ...]) -> EventTable:
    """Return a forward and a backward pass: per layer a range, 49 ops three deep, and as many backward."""
    names: dict[str, int] = {}
    rows: list[tuple[int, int, int, int, int, int]] = []

    def add(name: str, kind: Kind, start: int, duration: int, sequence: int = -1, forward: int = 0) -> None:
        number = names.setdefault(name, len(names))
        rows.append((number, kind, start, duration, sequence, forward))

    slot = 100_000
    add("phase:forward", Kind.ANNOTATION, 0, _LAYERS * slot)
    add("phase:backward", Kind.ANNOTATION, _LAYERS * slot, _LAYERS * slot)
    for layer, path in enumerate(paths[1:]):
        begin, back = layer * slot, (2 * _LAYERS - 1 - layer) * slot
        add(f"layer:{path}", Kind.ANNOTATION, begin, slot - 1_000)
        for op in range(_OPS_PER_LAYER):
            depth = op % 3
            start = 1_000 + op // 3 * 5_000 + depth * 100
            sequence = layer * _OPS_PER_LAYER + op
            add(f"aten::op{op}", Kind.OP, begin + start, 4_000 - depth * 1_000, sequence)
            add(f"{_NODE}Op{op}", Kind.OP, back + start, 4_000 - depth * 1_000, sequence, 1)
    columns = np.array(rows, np.int64).T
    return event_table(
        tuple(names),
        (Track(1, -1, 1),),
        paths,
        **dict(
            zip(
                ("name", "kind", "start_ns", "duration_ns", "sequence", "forward_thread"),
                columns,
                strict=True,
            )
        ),
        track=np.zeros(len(rows)),
        thread=np.ones(len(rows)),
    )
