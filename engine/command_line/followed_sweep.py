"""A sweep that a terminal follows: its progress shown, its points taken in as they end."""

from __future__ import annotations

import queue
from typing import assert_never

from engine.analysis.sweep.point_result import point_result
from engine.analysis.sweep.results import PointResult
from engine.analysis.sweep.sentences import named
from engine.command_line.interruption import Interruption
from engine.command_line.messages import say_problem
from engine.command_line.progress_view import ProgressView, progress_view
from engine.host.events import LogArrived, RunEvent, RunProgress, RunWarned
from engine.host.sweep_events import (
    PointEvent,
    PointFinished,
    PointStarted,
    SweepEvent,
    SweepFinished,
    SweepProgress,
    SweepWarned,
)
from engine.host.sweep_thread import SweepThread


class FollowedSweep:
    """One sweep, followed on the main thread, where signals arrive."""

    def __init__(self, quiet: bool) -> None:
        self.events: queue.SimpleQueue[SweepEvent] = queue.SimpleQueue()
        self.points: list[PointResult] = []
        self.title = ""
        self._quiet = quiet

    def follow(self, thread: SweepThread) -> SweepFinished:
        """Show progress until the sweep has ended."""
        names = tuple(variant.name for variant in thread.index.experiment.variants)
        with Interruption(thread), progress_view(self._quiet) as view:
            thread.start()
            while not isinstance(event := self._next_event(), SweepFinished):
                self._show(event, view, names, thread.index.sweep.parameter)
            thread.join()
        if event.problem is not None:
            say_problem(event.problem)
        return event

    def _next_event(self) -> SweepEvent:
        while True:
            try:
                # On Windows a wait without end would keep Ctrl+C waiting as well.
                return self.events.get(timeout=0.2)
            except queue.Empty:
                continue

    def _show(self, event: SweepEvent, view: ProgressView, names: tuple[str, ...], parameter: str) -> None:
        match event:
            case SweepProgress():
                view.show(_progress(event, parameter))
            case PointEvent(event=event_of_run):
                _show_of_run(event_of_run, view)
            case PointFinished():
                self._take(event, names)
                if event.point.problem is not None:
                    view.print(f"{named(parameter)} {event.point.value} failed: {event.point.problem}")
            case SweepWarned(problem=problem):
                view.print(f"Warning: {problem}")
            case PointStarted() | SweepFinished():
                pass
            case _:
                assert_never(event)

    def _take(self, event: PointFinished, names: tuple[str, ...]) -> None:
        recording = event.recording
        if recording is not None and recording.environment:
            environment = recording.environment
            self.title = f"{environment.get('device_name', '')} · torch {environment.get('torch', '?')}"
        self.points.append(point_result(recording, event.point, names))
        if recording is not None:
            recording.close()


def _show_of_run(event: RunEvent, view: ProgressView) -> None:
    match event:
        case LogArrived(text=text):
            view.print(text)
        case RunWarned(problem=problem):
            view.print(f"Warning: {problem}")


def _progress(event: SweepProgress, parameter: str) -> RunProgress:
    where = f"{named(parameter)} {event.value} ({event.number + 1} of {event.count})"
    return RunProgress(
        stage="measuring",
        text=f"{where}: {event.run.text}" if event.run else where,
        fraction=event.fraction,
        seconds_left=event.seconds_left,
    )
