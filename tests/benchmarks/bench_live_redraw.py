"""The live page while 50,000 events a second arrive: time per frame, and how long the window can't answer."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
from PySide6.QtCore import QEventLoop

from engine.recording.recording import Recording
from gui.charts.redraw_clock import redraw_clock
from gui.kernels_page.kernels_page import KernelsPage
from gui.layers_page.layers_page import LayersPage
from gui.live_page.live_page import LivePage
from gui.run.run_session import RunSession
from gui.theme.theme import set_theme
from tests.benchmarks.bench_table import Measurement
from tests.benchmarks.flood import REFERENCE, Flood, TimedApplication, wait_ms
from tests.gui.charts.shown_session import FakeEngine
from tests.gui.charts.synthetic_run import experiment

_SECONDS = 12.0


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
    session = RunSession(FakeEngine(Flood(_SECONDS).play, Recording.create), folder)
    page = page_type(session)
    page.resize(1280, 800)
    page.show()
    session.start(experiment(("A", "B")), folder)
    wait_ms(1500)
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


def _row(name: str, value: float, target: float | None, repeats: int) -> Measurement:
    return Measurement(
        name=name, measured=value, unit="ms", target=target, reference=REFERENCE, repeats=repeats
    )
