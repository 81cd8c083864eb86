"""SweepSession: the sweep that the window shows, as signals on the GUI thread."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Protocol, assert_never

from PySide6.QtCore import QObject, QTimer, Signal

from engine.analysis.sweep.point_result import point_result
from engine.analysis.sweep.results import PointResult, SweepResult
from engine.analysis.sweep.sweep_result import sweep_result
from engine.experiment.experiment import Experiment
from engine.experiment.sweep import Sweep
from engine.host.events import LogArrived, RunWarned
from engine.host.sweep_events import (
    PointEvent,
    PointFinished,
    PointStarted,
    SweepEvent,
    SweepFinished,
    SweepProgress,
    SweepWarned,
)
from engine.host.sweep_thread import StartRun, SweepThread
from engine.recording.sweep_folder import SweepIndex, read_index
from engine.wire.problem import ProblemError
from gui.sweep_page.sweep_mailbox import SweepDelivery, SweepMailbox
from gui.sweep_page.sweep_reading import SweepReading

_TICK_MS = 50


class RunsPoints(Protocol):
    """The part of `engine.host.engine.Engine` used here."""

    @property
    def run(self) -> StartRun: ...


class SweepSession(QObject):
    """Runs sweeps and opens them. The ``started`` of each that is run is followed by one ``finished``.

    So is that of one that is opened, unless it is called off. ``start_seconds``: what a point of the last
    sweep took beside measuring, that is its worker's start and warm-up; None before there is one.
    """

    started = Signal()
    progressed = Signal(object)
    points_changed = Signal()
    log_arrived = Signal(str)
    warned = Signal(object)
    finished = Signal(object)
    failed = Signal(object)

    def __init__(self, engine: RunsPoints, directory: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.index: SweepIndex | None = None
        self.folder: Path | None = None
        self.running_point: int | None = None
        self.start_seconds: float | None = None
        self._result: SweepResult | None = None
        self._points: list[PointResult] = []
        self._engine = engine
        self._directory = directory
        self._thread: SweepThread | SweepReading | None = None
        self._mailbox = SweepMailbox()
        self._started_at = time.monotonic()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._tick)

    # ---- what is known

    @property
    def is_running(self) -> bool:
        """Whether a sweep is being run."""
        return isinstance(self._thread, SweepThread)

    @property
    def is_opening(self) -> bool:
        """Whether a sweep is being read from disk."""
        return isinstance(self._thread, SweepReading)

    @property
    def result(self) -> SweepResult | None:
        """What the points so far say; None while no sweep shows."""
        return self._result

    def point_path(self, point: PointResult) -> Path | None:
        """Return a point's recording; None if there is none."""
        path = self.folder / point.file if self.folder else None
        return path if path is not None and path.is_file() else None

    # ---- doing

    def start(self, experiment: Experiment, sweep: Sweep, base_directory: Path) -> bool:
        """Run a sweep; ``failed``, and False, if it can't be run as it stands."""
        self.cancel_opening()
        self._mailbox = mailbox = SweepMailbox()
        names = tuple(variant.name for variant in experiment.variants)
        try:
            folder = _free_folder(self._directory, sweep, datetime.now())
            thread = SweepThread(
                experiment, sweep, base_directory, folder, _listener(mailbox, names), self._engine.run
            )
        except ProblemError as error:
            self.failed.emit(error.problem)
            return False
        self._begin(thread, folder, thread.index)
        return True

    def open(self, path: Path) -> bool:
        """Show a sweep that was kept, by its index; ``failed``, and False, if it is none."""
        self.cancel_opening()
        try:
            index = read_index(path)
        except ProblemError as error:
            self.failed.emit(error.problem)
            return False
        self._mailbox = SweepMailbox()
        self._begin(SweepReading(path.parent, index, self._mailbox), path.parent, index)
        return True

    def stop(self) -> None:
        """Ask the sweep to end; what it has stays. Safe to repeat."""
        if self._thread is not None:
            self._thread.stop()

    def cancel_opening(self) -> None:
        """Stop reading a sweep, if one is read; its points so far stay, and nobody hears of its end."""
        if self.is_opening:
            self.stop()
            self._timer.stop()
            self._thread, self._mailbox = None, SweepMailbox()
            self.points_changed.emit()

    def forget(self) -> None:
        """Show no sweep: another project is open. One that is being run is not forgotten."""
        if not self.is_running:
            self.cancel_opening()
            self._timer.stop()
            self.index = self.folder = self._result = None
            self._points = []
            self.points_changed.emit()

    def close(self) -> None:
        """End everything without further signals."""
        self._timer.stop()
        if self._thread is not None:
            self._thread.kill()
            if self._thread.is_alive():
                self._thread.join(timeout=5)
            self._thread = None

    def _begin(self, thread: SweepThread | SweepReading, folder: Path, index: SweepIndex) -> None:
        self._thread, self.folder, self.index = thread, folder, index
        self._points, self.running_point = [], None
        self._result = sweep_result(index.sweep.parameter, ())
        self._started_at = time.monotonic()
        thread.start()
        self._timer.start()
        self.started.emit()
        self.points_changed.emit()

    # ---- twenty times a second

    def _tick(self) -> None:
        delivery = self._mailbox.take()
        if delivery.progress is not None:
            self.progressed.emit(delivery.progress)
        if delivery.log:
            self.log_arrived.emit(delivery.log)
        for problem in delivery.warnings:
            self.warned.emit(problem)
        self._take_points(delivery)
        if delivery.ending is not None:
            self._end(delivery.ending)

    def _take_points(self, delivery: SweepDelivery) -> None:
        if delivery.began is not None:
            self.running_point = delivery.began
        if delivery.points and self.index is not None:
            self._points.extend(delivery.points)
            self._result = sweep_result(self.index.sweep.parameter, self._points)
            if self.is_running:
                taken_s = (time.monotonic() - self._started_at) / len(self._points)
                self.start_seconds = max(0.0, taken_s - (self.index.sweep.seconds or 0.0))
        if delivery.points or delivery.began is not None:
            self.points_changed.emit()

    def _end(self, ending: SweepFinished) -> None:
        self._timer.stop()
        self._thread = None
        self.running_point = None
        self.points_changed.emit()
        self.finished.emit(ending)


def _listener(mailbox: SweepMailbox, names: tuple[str, ...]) -> Callable[[SweepEvent], None]:
    """Return what a sweep's threads call with each event."""

    def take(event: SweepEvent) -> None:
        match event:
            case SweepProgress():
                mailbox.put(progress=event)
            case PointStarted(number=number):
                mailbox.put(began=number)
            case PointEvent(event=LogArrived(text=text)):
                mailbox.add_log(text)
            case PointEvent(event=RunWarned(problem=problem)):
                mailbox.add_warning(problem)
            case PointFinished(point=point, recording=recording):
                # On the sweep's thread, between two points: nothing is being measured meanwhile.
                mailbox.add_point(point_result(recording, point, names))
                if recording is not None:
                    recording.close()
            case SweepWarned(problem=problem):
                mailbox.add_warning(problem)
            case SweepFinished():
                mailbox.put(ending=event)
            case PointEvent():
                pass
            case _:
                assert_never(event)

    return take


def _free_folder(directory: Path, sweep: Sweep, now: datetime) -> Path:
    """Return a folder in ``directory`` that is not taken, named for the time and the parameter."""
    slug = re.sub(r"[^A-Za-z0-9_.-]+", "-", sweep.parameter).strip("-.") or "sweep"
    stem = f"{now:%Y-%m-%d_%H-%M-%S}_sweep-{slug}"
    number, folder = 1, directory / stem
    while folder.exists():
        number += 1
        folder = directory / f"{stem}_{number}"
    return folder
