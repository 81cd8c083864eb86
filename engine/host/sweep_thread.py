"""SweepThread: the points of a sweep, one run after the other."""

from __future__ import annotations

import queue
import re
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from engine.experiment.experiment import Experiment
from engine.experiment.sweep import Sweep
from engine.experiment.sweep_points import SweepPoint, points
from engine.host.engine_thread import Listener
from engine.host.events import RunEvent, RunFinished, RunProgress, RunWarned
from engine.host.sweep_events import (
    PointEvent,
    PointFinished,
    PointStarted,
    SweepEvent,
    SweepFinished,
    SweepProgress,
    SweepWarned,
)
from engine.host.sweep_pace import SweepPace
from engine.recording.recording import Recording
from engine.recording.sweep_folder import SweptPoint, create_sweep_folder, new_index, write_index
from engine.wire.problem import Problem, ProblemError

_NUMBER = re.compile(r"\d[\d.,]*(e[+-]?\d+)?")
SweepListener = Callable[[SweepEvent], None]


class PointRun(Protocol):
    """The part of `engine.host.engine_thread.EngineThread` used here."""

    recording: Recording

    def stop(self) -> None: ...
    def kill(self) -> None: ...
    def join(self, timeout: float | None = None) -> None: ...


StartRun = Callable[[Experiment, Path, Path, Listener], PointRun]


class SweepThread(threading.Thread):
    """One sweep: starts each point's run, keeps the index, tells a listener.

    A point that fails, or whose worker is killed, is kept with its reason and the sweep goes on; `stop`
    ends it and keeps what it has. Each point would give its warnings again: a listener gets the first of
    a kind. The last event is always one `SweepFinished`.

    Raises `ProblemError`, and runs nothing, if the sweep can't be run or ``folder`` can't be used.
    """

    def __init__(
        self,
        experiment: Experiment,
        sweep: Sweep,
        base_directory: Path,
        folder: Path,
        listener: SweepListener,
        start_run: StartRun,
    ) -> None:
        super().__init__(name="sweep", daemon=True)
        self.folder = folder
        self.points = points(experiment, sweep)
        self.index = new_index(replace(experiment, sweep=sweep), base_directory, sweep.values)
        create_sweep_folder(folder, self.index)
        self._base_directory = base_directory
        self._listener = listener
        self._start_run = start_run
        self._pace = SweepPace(len(self.points), time.monotonic)
        # Reentrant: a second Ctrl+C may interrupt the first one's `stop` on the same thread.
        self._lock = threading.RLock()
        self._run: PointRun | None = None
        self._stop_requested = False
        self._warned_of: set[str] = set()

    def stop(self) -> None:
        """End the sweep; the point that runs is asked to stop. Returns at once; safe to repeat."""
        with self._lock:
            self._stop_requested = True
            if self._run is not None:
                self._run.stop()

    def kill(self) -> None:
        """End the sweep without waiting for the worker's consent."""
        self.stop()
        with self._lock:
            if self._run is not None:
                self._run.kill()

    def run(self) -> None:
        """Run to the end. Whatever happens, exactly one SweepFinished is sent."""
        finished = SweepFinished(outcome="failed")
        try:
            for point in self.points:
                if self._stop_requested:
                    break
                self._run_point(point)
            finished = SweepFinished(outcome="cancelled" if self._stop_requested else "completed")
        except Exception as error:
            problem = Problem(f"The sweep could not go on: {error}", traceback=traceback.format_exc())
            finished = SweepFinished(outcome="failed", problem=problem)
        finally:
            self._end(finished)

    def _run_point(self, point: SweepPoint) -> None:
        self._listener(PointStarted(number=point.index, count=len(self.points), value=point.value))
        self._pace.begin_point()
        self._tell_progress(point, None)
        ending, recording = self._follow(point)
        self._pace.end_point()
        known = self.index.points[point.index]
        swept = SweptPoint(value=known.value, file=known.file, outcome=ending.outcome, problem=ending.problem)
        self.index = self.index.with_point(point.index, swept)
        self._write_index()
        if ending.outcome == "cancelled":
            # Whoever stopped the run (an engine that closes, say) wants no other to start.
            self._stop_requested = True
        self._listener(PointFinished(number=point.index, point=swept, recording=recording))

    def _follow(self, point: SweepPoint) -> tuple[RunFinished, Recording | None]:
        endings: queue.SimpleQueue[RunFinished] = queue.SimpleQueue()

        def listen(event: RunEvent) -> None:
            try:
                self._tell_of_run(point, event)
            finally:
                if isinstance(event, RunFinished):
                    endings.put(event)

        try:
            path = self.folder / self.index.points[point.index].file
            run = self._start_run(point.experiment, self._base_directory, path, listen)
        except ProblemError as error:
            return RunFinished(outcome="failed", problem=error.problem), None
        with self._lock:
            self._run = run
            if self._stop_requested:
                # Whoever asked found no run to stop.
                run.stop()
        ending = endings.get()
        # Only then is its worker gone and the next one's turn.
        run.join()
        with self._lock:
            self._run = None
        return ending, run.recording

    def _tell_of_run(self, point: SweepPoint, event: RunEvent) -> None:
        if not isinstance(event, RunWarned) or self._is_news(event.problem):
            self._listener(PointEvent(number=point.index, event=event))
        if isinstance(event, RunProgress):
            self._tell_progress(point, event)

    def _is_news(self, problem: Problem) -> bool:
        """Whether no point has warned of this yet, whatever the numbers in it."""
        kind = f"{problem.where}: {_NUMBER.sub('#', problem.what)}"
        is_news = kind not in self._warned_of
        self._warned_of.add(kind)
        return is_news

    def _tell_progress(self, point: SweepPoint, run: RunProgress | None) -> None:
        is_measuring = run is not None and run.stage in ("measuring", "finishing")
        within = run.fraction or 0.0 if run is not None and is_measuring else 0.0
        progress = SweepProgress(
            number=point.index,
            count=len(self.points),
            value=point.value,
            fraction=(point.index + within) / len(self.points),
            seconds_left=self._pace.seconds_left(point.index),
            run=run,
        )
        self._listener(progress)

    def _end(self, finished: SweepFinished) -> None:
        try:
            self.index = replace(self.index, outcome=finished.outcome)
            self._write_index()
        finally:
            self._listener(finished)

    def _write_index(self) -> None:
        try:
            write_index(self.folder, self.index)
        except ProblemError as error:
            # The disk refused: the sweep goes on, and what was recorded can be opened point by point.
            self._listener(SweepWarned(problem=error.problem))
