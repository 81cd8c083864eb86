"""The live page while 50,000 events a second arrive for ten minutes: is the window free, is memory bounded.

LAYERSCOPE_BENCH_STREAM_S is the length in seconds; 600 by default.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import psutil
from PySide6.QtCore import QEventLoop, QTimer

from engine.recording.recording import DEFAULT_MEMORY_BYTES, Recording
from gui.live_page.live_page import LivePage
from gui.run.run_session import RunSession
from gui.theme.theme import set_theme
from tests.benchmarks.bench_table import Measurement
from tests.benchmarks.flood import REFERENCE, Flood, TimedApplication, wait_ms
from tests.gui.charts.shown_session import FakeEngine
from tests.gui.charts.synthetic_run import experiment

LIMIT_S = 1200
SECONDS = float(os.environ.get("LAYERSCOPE_BENCH_STREAM_S", "600"))
# Start-up, the first layout and the first drawing of every chart are not the stream's.
_SETTLING_MS = 3_000
_SAMPLE_MS = 1_000
# Beside raw events: 25,000 windows' times by 800 layers, three million step times, what charts hold of both.
_SUMMARIES_MB = 400


def measure() -> Iterable[Measurement]:
    """Stream a made-up run into the live page, and watch the event loop and the resident memory."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = TimedApplication()
    set_theme(application, "light")
    with tempfile.TemporaryDirectory() as folder:
        yield from _stream(application, Path(folder))


def _stream(application: TimedApplication, folder: Path) -> Iterator[Measurement]:
    session = RunSession(FakeEngine(Flood(SECONDS).play, Recording.create), folder)
    page = LivePage(session)
    page.resize(1280, 800)
    page.show()
    session.start(experiment(("A", "B")), folder)
    wait_ms(_SETTLING_MS)
    application.blocked_ms.clear()
    application.worked_ms.clear()
    resident_mb = [_resident_mb()]
    sampler = QTimer()
    sampler.timeout.connect(lambda: resident_mb.append(_resident_mb()))
    sampler.start(_SAMPLE_MS)
    loop = QEventLoop()
    session.finished.connect(lambda _: loop.quit())
    loop.exec()
    sampler.stop()
    events = sum(summary.completeness.events for summary in session.window_summaries)
    remark = f"{events / SECONDS:,.0f} events/s analysed; {REFERENCE}"
    blocked, worked = np.array(application.blocked_ms), np.array(application.worked_ms)
    page.close()
    session.close()
    yield _blocked("p99.9", float(np.percentile(blocked, 99.9)), len(blocked), remark)
    yield _blocked("max", float(blocked.max()), len(blocked), remark)
    yield _blocked("max, its own work", float(worked.max()), len(blocked), remark)
    yield Measurement(
        name=f"resident memory grows in {SECONDS:.0f} s of stream by",
        measured=max(resident_mb) - resident_mb[0],
        unit="MB",
        target=DEFAULT_MEMORY_BYTES / 1e6 + _SUMMARIES_MB,
        reference=f"raw events up to {DEFAULT_MEMORY_BYTES / 1e6:.0f} MB, the rest on disk; {REFERENCE}",
    )


def _blocked(which: str, value: float, repeats: int, remark: str) -> Measurement:
    return Measurement(
        name=f"window blocked in {SECONDS:.0f} s of stream: {which}",
        measured=value,
        unit="ms",
        target=50.0,
        reference=remark,
        repeats=repeats,
    )


def _resident_mb() -> float:
    return float(psutil.Process().memory_info().rss / 1e6)
