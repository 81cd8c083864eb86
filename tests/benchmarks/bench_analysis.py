"""Analysing a window of 10,000 events of a CPU or a GPU: attribution, all summaries, and a run's summary."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

import numpy as np

from engine.analysis.attribution import attribute
from engine.analysis.run_analysis import RunAnalysis
from engine.analysis.step_breakdown import break_down
from engine.analysis.step_walls import step_walls
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import EventTable, Kind, Track, event_table
from engine.trace.step_table import step_table
from engine.trace.window import Window
from tests.benchmarks.bench_table import Measurement

_LAYERS = 100
_OPS_PER_LAYER = 49
_REPEATS = 50
_COLUMNS = (
    *("name", "kind", "start_ns", "duration_ns", "track"),
    *("sequence", "forward_thread", "correlation", "linked"),
)
_NODE = "autograd::engine::evaluate_function: "


def measure() -> Iterable[Measurement]:
    """Time the analysis of one window, per event, and the summary of a run of a million steps."""
    paths = ("", *(f"blocks.{number}" for number in range(_LAYERS)))
    analysis, cpu = _window_analysis(paths, _training_step(paths, _OPS_PER_LAYER, on_device=False))
    _, gpu = _window_analysis(paths, _training_step(paths, _OPS_PER_LAYER // 2, on_device=True))
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
        *cpu,
        *gpu,
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


def _window_analysis(paths: tuple[str, ...], table: EventTable) -> tuple[RunAnalysis, list[Measurement]]:
    device = "cuda:0" if table.is_device.any() else "cpu"
    layers = tuple(BuiltLayer(path=path, type="Block") for path in paths)
    analysis = RunAnalysis([BuiltModel(name="model", layers=layers, device=device)])
    window = Window(0, 0, 0, 1, 0, 1, 0, "kineto", table)
    whole_s = _best(lambda: analysis.add_window(window))
    filled = attribute(table)
    part_s = _best(lambda: _break_down(filled))
    kind = "GPU" if device != "cpu" else "CPU"
    return analysis, [
        Measurement(
            name=f"analyse a {kind} window of {len(table):,} events, per event",
            measured=whole_s / len(table) * 1e6,
            unit="µs",
            target=1.0,
        ),
        Measurement(
            name=f"the step breakdown's part of a {kind} window, per event",
            measured=part_s / len(table) * 1e6,
            unit="µs",
            target=0.3,
        ),
    ]


def _break_down(table: EventTable) -> None:
    walls = step_walls(table)
    assert walls is not None
    break_down(table, walls, 1)


def _best(work: Callable[[], object]) -> float:
    durations = []
    for _ in range(_REPEATS):
        started = time.perf_counter()
        work()
        durations.append(time.perf_counter() - started)
    return min(durations)


def _training_step(paths: tuple[str, ...], ops: int, on_device: bool) -> EventTable:
    """Return a forward and a backward pass: per layer a range, ops three deep, and as many backward.

    On a device every op launches a kernel: the backward ones on a thread of their own, all on one stream.
    """
    step = _Step(on_device)
    slot = 100_000
    step.add("ProfilerStep#0", Kind.ANNOTATION, 0, 2 * _LAYERS * slot)
    step.add("phase:forward", Kind.ANNOTATION, 0, _LAYERS * slot)
    step.add("phase:backward", Kind.ANNOTATION, _LAYERS * slot, _LAYERS * slot)
    for layer, path in enumerate(paths[1:]):
        begin, back = layer * slot, (2 * _LAYERS - 1 - layer) * slot
        step.add(f"layer:{path}", Kind.ANNOTATION, begin, slot - 1_000)
        for op in range(ops):
            depth = op % 3
            start = 1_000 + op // 3 * 5_000 + depth * 100
            sequence = layer * ops + op
            step.op(f"aten::op{op}", begin + start, 4_000 - depth * 1_000, 0, sequence, 0)
            step.op(f"{_NODE}Op{op}", back + start, 4_000 - depth * 1_000, int(on_device), sequence, 1)
    return step.table(paths)


class _Step:
    """Rows of a step being put together."""

    def __init__(self, on_device: bool) -> None:
        self._on_device = on_device
        self._names: dict[str, int] = {}
        self._rows: list[tuple[int, ...]] = []
        self._stream_ns = 0

    def add(self, name: str, kind: Kind, start: int, duration: int, track: int = 0, *ids: int) -> None:
        number = self._names.setdefault(name, len(self._names))
        self._rows.append((number, kind, start, duration, track, *(ids or (-1, 0, 0, 0))))

    def op(self, name: str, start: int, duration: int, track: int, sequence: int, forward: int) -> None:
        own = len(self._rows) + 1
        self.add(name, Kind.OP, start, duration, track, sequence, forward, own, 0)
        if self._on_device:
            launch = (-1, 0, 10**6 + own, own)
            self.add("cudaLaunchKernel", Kind.RUNTIME, start + 20, 60, track, *launch)
            self._stream_ns = max(self._stream_ns + 300, start + 3_000)
            self.add(f"kernel{own % 50}", Kind.KERNEL, self._stream_ns, duration, 2, *launch)
            self._stream_ns += duration

    def table(self, paths: tuple[str, ...]) -> EventTable:
        columns = dict(zip(_COLUMNS, np.array(self._rows, np.int64).T, strict=True))
        tracks = (Track(1, -1, 1), Track(1, -1, 2), Track(0, 0, 7))
        return event_table(tuple(self._names), tracks, paths, **columns, thread=columns["track"] + 1)
