"""The live page while 50,000 events a second arrive: time per frame, and how long the window can't answer."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from engine.host.events import ModelsBuilt, RunFinished, StepsArrived, WindowArrived
from engine.recording.recording import Ending, Recording
from engine.trace.memory_sample import TelemetrySample
from engine.trace.step_table import StepFlag, StepTable, step_table
from engine.trace.window import Window
from gui.charts.redraw_clock import redraw_clock
from gui.kernels_page.kernels_page import KernelsPage
from gui.layers_page.layers_page import LayersPage
from gui.live_page.live_page import LivePage
from gui.run.run_session import RunSession
from gui.theme.theme import set_theme
from tests.benchmarks.bench_table import Measurement
from tests.gui.charts.shown_session import FakeEngine, FakeEngineThread
from tests.gui.charts.synthetic_run import experiment, model, window

_SECONDS = 12.0
_EVENTS_PER_SECOND = 50_000
_STEPS_PER_SECOND = 5_000
_TURNS_PER_SECOND = 20
_LAYERS = 400
_REFERENCE = "50,000 events/s, 5,000 steps/s, 2 × 400 layers"


class TimedApplication(QApplication):
    """Times every event that the GUI thread handles: what takes long blocks the window."""

    def __init__(self) -> None:
        super().__init__([])
        self.blocked_ms: list[float] = []
        self.worked_ms: list[float] = []
        self._depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Handle an event, and note how long the outermost one took."""
        self._depth += 1
        started, worked = time.perf_counter(), time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self._depth -= 1
            if self._depth == 0:
                self.blocked_ms.append((time.perf_counter() - started) * 1e3)
                self.worked_ms.append((time.thread_time() - worked) * 1e3)


def measure() -> Iterable[Measurement]:
    """Stream a made-up run into the live page and time what the GUI thread does."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = TimedApplication()
    set_theme(application, "light")
    with tempfile.TemporaryDirectory() as folder:
        return [
            *_stream(application, Path(folder), LivePage, "live"),
            *_stream(application, Path(folder), LayersPage, "layers"),
            *_stream(application, Path(folder), KernelsPage, "kernels"),
        ]


def _stream(
    application: TimedApplication,
    folder: Path,
    page_type: type[LivePage | LayersPage | KernelsPage],
    name: str,
) -> list[Measurement]:
    session = RunSession(FakeEngine(_Flood().play, Recording.create), folder)
    page = page_type(session)
    page.resize(1280, 800)
    page.show()
    session.start(experiment(("A", "B")), folder)
    _wait_ms(1500)
    application.blocked_ms.clear()
    application.worked_ms.clear()
    redraw_clock().frame_ms.clear()
    loop = QEventLoop()
    session.finished.connect(lambda _: loop.quit())
    loop.exec()
    frames = np.array(redraw_clock().frame_ms)
    blocked = np.array(application.blocked_ms)
    recording = session.recording
    assert recording is not None
    events = sum(summary.completeness.events for summary in session.window_summaries)
    page.close()
    page.deleteLater()
    session.close()
    return [
        _row(f"redraw {name}: median", float(np.median(frames)), 16.0, len(frames)),
        _row(f"redraw {name}: p95", float(np.percentile(frames, 95)), 33.0, len(frames)),
        _row(f"redraw {name}: max", float(frames.max()), 50.0, len(frames)),
        _row(f"window blocked, {name}: p99.9", float(np.percentile(blocked, 99.9)), 50.0, len(blocked)),
        _row(f"window blocked, {name}: max", float(blocked.max()), 50.0, len(blocked)),
        _row(f"window blocked by its own work, {name}: max", max(application.worked_ms), 50.0, len(blocked)),
        replace(_row(f"events analysed, {name}", events / _SECONDS, None, 1), unit="1/s"),
    ]


class _Flood:
    """A script for a `FakeEngine`: windows of a large model, and thousands of steps a second."""

    def __init__(self) -> None:
        self.models = tuple(model(name, _LAYERS) for name in ("A", "B"))
        self.templates = [window(self.models[i % 2], i, i % 2, 0, 0) for i in range(8)]

    def play(self, thread: FakeEngineThread) -> None:
        """Record and tell, as the engine's thread does."""
        recording = thread.recording
        recording.set_models(self.models)
        thread.tell(ModelsBuilt())
        per_turn = _EVENTS_PER_SECOND / _TURNS_PER_SECOND
        owed = 0.0
        started = time.perf_counter()
        for turn in range(int(_SECONDS * _TURNS_PER_SECOND)):
            due = started + turn / _TURNS_PER_SECOND
            thread.stopped.wait(max(0.0, due - time.perf_counter()))
            now_ns = time.time_ns()
            recording.append_steps(_steps(recording, turn % 2, now_ns))
            recording.append_telemetry(
                TelemetrySample(time_ns=now_ns, cpu_percent=50, resident_bytes=1 << 28)
            )
            thread.tell(StepsArrived(count=recording.step_count))
            owed += per_turn
            while owed >= len(self.templates[0].table):
                owed -= len(self.templates[0].table)
                recording.append_window(self._window(recording, now_ns))
                thread.tell(WindowArrived(index=recording.window_count - 1))
        recording.finish(Ending(outcome="completed", elapsed_ns=int(_SECONDS * 1e9), profiling_ns=1))
        thread.tell(RunFinished(outcome="completed"))

    def _window(self, recording: Recording, now_ns: int) -> Window:
        index = recording.window_count
        made = self.templates[index % len(self.templates)]
        table = made.table.with_columns(start_ns=made.table.start_ns + now_ns)
        return replace(made, index=index, start_ns=now_ns, end_ns=now_ns + made.end_ns, table=table)


def _steps(recording: Recording, variant: int, now_ns: int) -> StepTable:
    count = _STEPS_PER_SECOND // _TURNS_PER_SECOND
    gap_ns = 1_000_000_000 // _STEPS_PER_SECOND
    durations = np.random.default_rng(recording.step_count).gamma(40, gap_ns / 50, count)
    return step_table(
        variant=np.full(count, variant),
        step=np.arange(recording.step_count, recording.step_count + count),
        start_ns=now_ns - gap_ns * np.arange(count, 0, -1),
        duration_ns=durations,
        flags=np.where(np.arange(count) == count - 1, StepFlag.PROFILED, 0),
    )


def _wait_ms(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _row(name: str, value: float, target: float | None, repeats: int) -> Measurement:
    return Measurement(
        name=name, measured=value, unit="ms", target=target, reference=_REFERENCE, repeats=repeats
    )
