"""What recording, writing and reading cost per event: files must keep up with runs."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from engine.experiment.experiment import Experiment
from engine.recording.chrome_writer import write_chrome_trace
from engine.recording.recording import Recording
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable, Kind, Track, event_table
from engine.trace.window import Window
from tests.benchmarks.bench_table import Measurement, median_of, seconds_of

_EVENTS = 20_000
_WINDOWS = 10
_REPEATS = 3


def measure() -> Iterable[Measurement]:
    """Record, export and open the same windows; microseconds an event."""
    reference = f"{_WINDOWS} windows of {_EVENTS} events"
    with tempfile.TemporaryDirectory() as folder:
        recording = _recorded(Path(folder) / "0.layerscope")
        plain, packed = Path(folder) / "t.json", Path(folder) / "t.json.gz"
        works = {
            "record windows (SQLite)": (lambda: _recorded(Path(folder)), 1.0),
            "export a trace (.json)": (lambda: write_chrome_trace(plain, recording), 5.0),
            "export a trace (.json.gz)": (lambda: write_chrome_trace(packed, recording), 5.0),
            "open a trace (.json)": (lambda: read_chrome_trace(plain), 4.2),
            "open a trace (.json.gz)": (lambda: read_chrome_trace(packed), 4.2),
        }
        return [_row(name, work, target, reference) for name, (work, target) in works.items()]


def _row(name: str, work: object, target: float, reference: str) -> Measurement:
    assert callable(work)
    seconds = median_of(lambda: seconds_of(work), _REPEATS)
    return Measurement(
        name=name,
        measured=seconds / (_WINDOWS * _EVENTS) * 1e6,
        unit="us/event",
        target=target,
        reference=reference,
        repeats=_REPEATS,
    )


def _recorded(path: Path) -> Recording:
    if path.is_dir():
        path = path / f"{len(list(path.iterdir()))}.layerscope"
    recording = Recording.create(path, Experiment(variants=(), inputs=()), path.parent)
    table = _table()
    for index in range(_WINDOWS):
        later = table.with_columns(start_ns=table.start_ns + index * 1_000_000_000)
        recording.append_window(Window(index, 0, index, 1, index, index + 1, 0, "unix", later))
    recording.close()
    return recording


def _table() -> EventTable:
    random = np.random.default_rng(0)
    names = tuple(f"aten::op_{number}" for number in range(60))
    is_kernel = np.arange(_EVENTS) % 5 == 0
    return event_table(
        names,
        (Track(5, -1, 7), Track(0, 0, 7)),
        ("", "blocks.0"),
        name=random.integers(0, len(names), _EVENTS),
        kind=np.where(is_kernel, Kind.KERNEL, Kind.OP),
        start_ns=1_790_000_000_000_000_000 + np.arange(_EVENTS) * 5000,
        duration_ns=random.integers(1, 5000, _EVENTS),
        track=is_kernel,
        correlation=np.arange(_EVENTS) + 1,
        sequence=np.where(is_kernel, -1, np.arange(_EVENTS)),
    )
