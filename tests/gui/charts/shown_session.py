"""A RunSession that shows a recording without a worker: the engine is a fake, all else is real."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

from engine.experiment.experiment import Experiment
from engine.host.events import RunEvent, RunFinished
from engine.recording.recording import Recording
from gui.run.analysis_thread import AnalysisThread
from gui.run.run_session import RunSession

Script = Callable[["FakeEngineThread"], None]


class FakeEngineThread(Thread):
    """Runs a script in place of a worker; `tell` sends events, ``stopped`` says that Stop was asked."""

    def __init__(self, recording: Recording, listener: Callable[[RunEvent], None], script: Script) -> None:
        super().__init__(daemon=True)
        self.recording = recording
        self.stopped = Event()
        self.tell = listener
        self._script = script

    def run(self) -> None:
        """Play the script."""
        self._script(self)

    def stop(self) -> None:
        """Ask the script to end."""
        self.stopped.set()


def end_when_stopped(thread: FakeEngineThread) -> None:
    """A run that goes on until it is stopped."""
    thread.stopped.wait(30)
    thread.tell(RunFinished(outcome="cancelled"))


class FakeEngine:
    """Starts scripts instead of workers. ``make_recording`` makes each run's recording."""

    def __init__(
        self,
        script: Script = end_when_stopped,
        make_recording: Callable[[Path, Experiment, Path], Recording] = Recording,
    ) -> None:
        self.script = script
        self.make_recording = make_recording
        self.threads: list[FakeEngineThread] = []

    def run(
        self,
        experiment: Experiment,
        base_directory: Path,
        recording_path: Path,
        listener: Callable[[RunEvent], None],
    ) -> FakeEngineThread:
        """Start the script on a thread."""
        recording = self.make_recording(recording_path, experiment, base_directory)
        thread = FakeEngineThread(recording, listener, self.script)
        self.threads.append(thread)
        thread.start()
        return thread


class ShownSession(RunSession):
    """Shows a recording that stands in memory, as if it had been opened."""

    @property
    def is_idle(self) -> bool:
        """Whether all that is known was delivered."""
        return not self._timer.isActive()

    def show(self, recording: Recording) -> None:
        """Show and analyse it."""
        self._show(recording)
        self._analyse()
        self.models_built.emit()
        self.data_arrived.emit()

    def analyse_again(self) -> None:
        """Take what was added meanwhile, as during a run: what is known shows until more is."""
        assert self.recording is not None
        analysis = AnalysisThread(self.recording)
        analysis.finish()
        analysis.start()
        analysis.join()
        self._analysis = analysis
        self._timer.start()
