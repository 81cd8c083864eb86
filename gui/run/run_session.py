"""RunSession: the run, recording or trace that the window shows, as signals on the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Protocol
from weakref import WeakSet

from PySide6.QtCore import QObject, QTimer, Signal

from engine.analysis.results import RunSummary, WindowSummary
from engine.experiment.experiment import Experiment
from engine.host.engine import Listener
from engine.host.events import RunEvent, RunFinished, RunProgress, WindowArrived
from engine.recording.recording import Recording
from engine.wire.problem import Problem, ProblemError
from gui.run.analysis_thread import AnalysisThread
from gui.run.collector import exempt_what_stands
from gui.run.mailbox import Delivery, Mailbox
from gui.run.opening import Opening, Reader, read_recording, read_trace
from gui.run.recording_path import recording_path

TICK_MS = 33


class RunThread(Protocol):
    """The part of `engine.host.engine.EngineThread` used here."""

    recording: Recording

    def stop(self) -> None: ...
    def is_alive(self) -> bool: ...


class RunsExperiments(Protocol):
    """The part of `engine.host.engine.Engine` used here."""

    def run(
        self, experiment: Experiment, base_directory: Path, recording_path: Path, listener: Listener
    ) -> RunThread: ...


@dataclass(frozen=True)
class _Run:
    """A run in progress. ``thread`` is None when it could not even start."""

    mailbox: Mailbox
    thread: RunThread | None


class RunSession(QObject):
    """Starts runs, opens files, and tells the views what is new, at most 30 times a second.

    Every ``started`` is followed by exactly one ``finished``. A run asked for while another goes
    on stops that one and starts when it has ended. ``summary_updated`` may still come after
    ``finished``, until `is_analysing` is False. ``last_run`` is what the run before this one
    was and said; None if nothing ran before it, or a file was opened.
    """

    started = Signal()
    progressed = Signal(object)
    models_built = Signal()
    data_arrived = Signal()
    summary_updated = Signal()
    log_arrived = Signal(str)
    warned = Signal(object)
    finished = Signal(object)
    recording_changed = Signal()
    opening_changed = Signal()
    opening_progressed = Signal(float)
    failed = Signal(object)

    def __init__(
        self, engine: RunsExperiments, recordings_directory: Path, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.recording: Recording | None = None
        self.progress: RunProgress | None = None
        self.ending: RunFinished | None = None
        self.last_run: tuple[Experiment, RunSummary] | None = None
        self._engine = engine
        self._recordings_directory = recordings_directory
        self._run: _Run | None = None
        self._next: tuple[Experiment, Path] | None = None
        self._shows_run = False
        self._analysis: AnalysisThread | None = None
        self._shown_state: object = None
        self._opening: Opening | None = None
        self._shown_fraction = 0.0
        self._recordings: WeakSet[Recording] = WeakSet()
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    # ---- what is known

    @property
    def is_running(self) -> bool:
        """Whether a run goes on, or is about to."""
        return self._run is not None or self._next is not None

    @property
    def is_analysing(self) -> bool:
        """Whether the summary does not yet cover all that was recorded."""
        return self._analysis is not None and not self._analysis.state.is_finished

    @property
    def opening_path(self) -> Path | None:
        """The file being opened, if one is."""
        return self._opening.path if self._opening else None

    @property
    def run_summary(self) -> RunSummary | None:
        """The latest summary; None before the first step."""
        return self._analysis.state.run_summary if self._analysis else None

    @property
    def window_summaries(self) -> Sequence[WindowSummary]:
        """One summary per window, in order."""
        return self._analysis.state.window_summaries if self._analysis else ()

    @property
    def windows_behind(self) -> int:
        """Windows that have arrived but are not in the summary yet."""
        return self._analysis.state.windows_behind if self._analysis else 0

    # ---- runs

    def start(self, experiment: Experiment, base_directory: Path) -> None:
        """Start a run; one that goes on is stopped first."""
        exempt_what_stands()
        self.cancel_opening()
        self._next = (experiment, base_directory)
        if self._run is None:
            self._start_next()
        else:
            self.stop_run_only()

    def stop(self) -> None:
        """Ask the run to end, and forget one that waits to start. Safe to repeat."""
        self._next = None
        self.stop_run_only()

    def stop_run_only(self) -> None:
        """Ask the run in progress to end; one that waits still starts."""
        if self._run is not None and self._run.thread is not None:
            self._run.thread.stop()

    def _start_next(self) -> None:
        assert self._next is not None
        (experiment, base_directory), self._next = self._next, None
        mailbox = Mailbox()
        thread: RunThread | None = None
        try:
            self._recordings_directory.mkdir(parents=True, exist_ok=True)
            path = recording_path(self._recordings_directory, experiment, datetime.now())
            thread = self._engine.run(experiment, base_directory, path, self._listener(mailbox))
        except ProblemError as error:
            mailbox.put(RunFinished(outcome="failed", problem=error.problem))
        except OSError as error:
            mailbox.put(RunFinished(outcome="failed", problem=self._unwritable(error)))
        self._run = _Run(mailbox, thread)
        self.progress = self.ending = None
        self.last_run = self._finished_run() or self.last_run
        self._show(thread.recording if thread else None)
        self._shows_run = thread is not None
        self._timer.start()
        self.started.emit()

    def _finished_run(self) -> tuple[Experiment, RunSummary] | None:
        """Return the run that shows and its summary, if it is one and came as far as timed steps."""
        summary = self.run_summary
        if self.recording is None or not self._shows_run or summary is None:
            return None
        spreads = [variant.steps for variant in summary.variants]
        # One that was stopped too early says less than the one before it.
        is_known = any(spread is not None and spread.median_interval_95_us for spread in spreads)
        return (self.recording.experiment, summary) if is_known else None

    def _listener(self, mailbox: Mailbox) -> Listener:
        """Return what the engine's thread calls with each event."""

        def take(event: RunEvent) -> None:
            mailbox.put(event)
            analysis = self._analysis
            # Not on the next tick: a window is analysed while the GUI thread sleeps.
            if analysis is not None and isinstance(event, WindowArrived):
                analysis.notify()

        return take

    def _unwritable(self, error: OSError) -> Problem:
        return Problem(
            f"The run can't be recorded: {error.strerror or error}.",
            where=str(self._recordings_directory),
            hint="Free some space or choose another folder for recordings, then run again.",
        )

    # ---- files

    def open_recording(self, path: Path) -> None:
        """Show a recorded run in the same views. Ends in ``recording_changed`` or ``failed``."""
        self._open(path, read_recording)

    def open_trace(self, path: Path) -> None:
        """Show a trace file that torch.profiler wrote. Ends in ``recording_changed`` or ``failed``."""
        self._open(path, read_trace)

    def cancel_opening(self) -> None:
        """Forget the file being opened; what shows stays."""
        if self._opening is not None:
            self._opening.cancel()
            self._opening = None
            self.opening_changed.emit()

    def _open(self, path: Path, read: Reader) -> None:
        if self.is_running:
            hint = "Stop the run, then open the file."
            self.failed.emit(Problem(f"{path.name} can't be opened during a run.", hint=hint))
            return
        self.cancel_opening()
        self._opening = Opening(path, read)
        self._opening.start()
        self._timer.start()
        self.opening_changed.emit()

    def _follow_opening(self, opening: Opening) -> None:
        if opening.is_done:
            self._take_opened(opening)
        elif opening.fraction != self._shown_fraction:
            self._shown_fraction = opening.fraction
            self.opening_progressed.emit(opening.fraction)

    def _take_opened(self, opening: Opening) -> None:
        self._opening = None
        self.opening_changed.emit()
        if opening.problem is not None:
            self.failed.emit(opening.problem)
        elif opening.recording is not None:
            self.progress = self.ending = self.last_run = None
            self._show(opening.recording)
            self._warn_of_damage(opening.recording)
            self._analyse()
            self.models_built.emit()
            self.data_arrived.emit()

    def _warn_of_damage(self, recording: Recording) -> None:
        if recording.damage:
            what = f"{recording.path.name} is not whole. {' '.join(recording.damage)}"
            hint = "What is whole is shown."
            self.warned.emit(Problem(what, where=str(recording.path), hint=hint))

    # ---- thirty times a second

    def _tick(self) -> None:
        if self._opening is not None:
            self._follow_opening(self._opening)
        run = self._run
        if run is not None:
            self._deliver(run)
        self._deliver_summary()
        if self._run is None and self._opening is None and not self.is_analysing:
            # The analysis may have published between the look above and its end.
            self._deliver_summary()
            self._timer.stop()

    def _deliver(self, run: _Run) -> None:
        # Looked at first: whatever a thread that has ended said is in the box by then.
        was_alive = run.thread is not None and run.thread.is_alive()
        delivery = run.mailbox.take()
        if delivery.progress is not None:
            self.progress = delivery.progress
            self.progressed.emit(delivery.progress)
        if delivery.models_built:
            self._analyse()
            self.models_built.emit()
        self._deliver_data(delivery)
        ending = delivery.ending or (None if was_alive else _vanished())
        if ending is not None and self._run is run:
            self._end(ending)

    def _deliver_data(self, delivery: Delivery) -> None:
        if delivery.log:
            self.log_arrived.emit(delivery.log)
        for problem in delivery.warnings:
            self.warned.emit(problem)
        if delivery.has_data:
            if self._analysis is not None:
                self._analysis.notify(self.progress.profiling_share if self.progress else None)
            self.data_arrived.emit()

    def _end(self, ending: RunFinished) -> None:
        self._run = None
        self.progress = None
        self.ending = ending
        if self._analysis is not None:
            self._analysis.finish()
        # A slot may start the next run itself; one that waited goes first otherwise.
        self.finished.emit(ending)
        if self._next is not None and self._run is None:
            self._start_next()

    def forget(self) -> None:
        """Show no recording: another project is open. A run in progress is not forgotten."""
        self.last_run = None
        if self._run is None and self.recording is not None:
            self._show(None)
            self.summary_updated.emit()

    # ---- analysis

    def _show(self, recording: Recording | None) -> None:
        if self._analysis is not None:
            self._analysis.cancel()
            self._analysis = None
        self._shown_state = None
        self._shows_run = False
        self.recording = recording
        if recording is not None:
            self._recordings.add(recording)
        self.recording_changed.emit()

    def _analyse(self) -> None:
        if self.recording is None or self._analysis is not None:
            return
        self._analysis = AnalysisThread(self.recording)
        if self._run is None:
            self._analysis.finish()
        self._analysis.start()
        self._timer.start()

    def _deliver_summary(self) -> None:
        if self._analysis is None:
            return
        state = self._analysis.state
        if state is self._shown_state:
            return
        known = self._shown_state
        self._shown_state = state
        if state.problem is not None and getattr(known, "problem", None) is None:
            self.failed.emit(state.problem)
        self.summary_updated.emit()

    # ---- the end

    def close(self) -> None:
        """Stop everything without further signals; the engine ends the run's worker when it closes."""
        self.stop()
        self._timer.stop()
        if self._opening is not None:
            self._opening.cancel()
        self._run = self._opening = None
        if self._analysis is not None:
            self._analysis.cancel()
            _join(self._analysis)
        for recording in list(self._recordings):
            if recording.ending is not None:
                recording.close()


def _join(thread: Thread) -> None:
    if thread.is_alive():
        thread.join(timeout=2)


def _vanished() -> RunFinished:
    problem = Problem(
        "The run ended without saying how.", hint="Run again; what was recorded until then is kept."
    )
    return RunFinished(outcome="crashed", problem=problem)
