"""A made-up run that floods the window: 50,000 events and 5,000 steps a second, of models with 400 layers."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QTimer
from PySide6.QtWidgets import QApplication

from engine.host.events import ModelsBuilt, RunFinished, StepsArrived, WindowArrived
from engine.recording.recording import Ending, Recording
from engine.trace.memory_sample import TelemetrySample
from engine.trace.step_table import StepFlag, StepTable, step_table
from engine.trace.window import Window
from tests.gui.charts.shown_session import FakeEngineThread
from tests.gui.charts.synthetic_run import model, window

REFERENCE = "50,000 events/s, 5,000 steps/s, 2 × 400 layers"
_EVENTS_PER_SECOND = 50_000
_STEPS_PER_SECOND = 5_000
_TURNS_PER_SECOND = 20
_LAYERS = 400


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


class Flood:
    """A script for a `FakeEngine`: windows of a large model, and thousands of steps a second."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
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
        for turn in range(int(self.seconds * _TURNS_PER_SECOND)):
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
        recording.finish(Ending(outcome="completed", elapsed_ns=int(self.seconds * 1e9), profiling_ns=1))
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


def wait_ms(milliseconds: int) -> None:
    """Let the event loop run for a while."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
