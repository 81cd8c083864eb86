"""Engine: one per application. Starts runs, keeps a spare worker, answers questions."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from engine.experiment.checks import check_runnable
from engine.experiment.experiment import Experiment
from engine.host.check_events import CheckEvent, ChecksFinished
from engine.host.check_thread import CheckListener, CheckThread
from engine.host.engine_thread import EngineThread, Listener
from engine.host.events import RunEvent, RunFinished
from engine.host.inspector import Inspector
from engine.host.spare_worker import SpareWorker
from engine.host.worker_process import WorkerProcess

__all__ = ["CheckThread", "Engine", "EngineThread", "Inspector", "Listener"]


class Engine:
    """Owns every worker process. ``interpreter`` is the Python that runs them; None is the app's own.

    ``keep_spare`` starts a worker ahead of the next run, so that Run feels instant; it is started
    when nothing is being measured.
    """

    def __init__(self, interpreter: str | None = None, keep_spare: bool = True) -> None:
        self._interpreter = interpreter
        self._keep_spare = keep_spare
        self._spare = SpareWorker()
        self._inspector: Inspector | None = None
        self._runs: set[EngineThread | CheckThread] = set()
        self._lock = threading.Lock()

    @property
    def inspector(self) -> Inspector:
        """The worker that answers questions; started when first asked for."""
        with self._lock:
            if self._inspector is None:
                self._inspector = Inspector(self._interpreter)
            return self._inspector

    def prepare(self) -> None:
        """Start the spare worker now, ahead of the first run."""
        if self._keep_spare and not self._runs:
            self._spare.prepare(self._interpreter)

    def run(
        self, experiment: Experiment, base_directory: Path, recording_path: Path, listener: Listener
    ) -> EngineThread:
        """Start a run and return its thread, already started.

        Raises `ProblemError`, and runs nothing, if the experiment can't be run as it stands or the
        recording can't be created there.
        """
        check_runnable(experiment)

        def listen(event: RunEvent) -> None:
            try:
                listener(event)
            finally:
                if isinstance(event, RunFinished):
                    self._forget(thread)

        thread = EngineThread(experiment, base_directory, recording_path, listen, self._take_worker)
        with self._lock:
            self._runs.add(thread)
        thread.start()
        return thread

    def check(
        self,
        experiment: Experiment,
        variant_index: int,
        base_directory: Path,
        listener: CheckListener,
        only: Sequence[str] = (),
    ) -> CheckThread:
        """Start the checks of one variant and return their thread, already started.

        ``only`` names checks, or groups of them; empty is all. Raises `ProblemError`, and checks nothing, if
        the experiment can't be run as it stands.
        """
        check_runnable(experiment)

        def listen(event: CheckEvent) -> None:
            try:
                listener(event)
            finally:
                if isinstance(event, ChecksFinished):
                    self._forget(thread)

        thread = CheckThread(experiment, variant_index, base_directory, listen, self._take_worker, only)
        with self._lock:
            self._runs.add(thread)
        thread.start()
        return thread

    def close(self) -> None:
        """Kill every worker. A run in progress, or checks, end as cancelled."""
        self._keep_spare = False
        with self._lock:
            runs, inspector = tuple(self._runs), self._inspector
        for thread in runs:
            thread.kill()
        for thread in runs:
            thread.join()
        self._spare.close()
        if inspector is not None:
            inspector.close()

    def _take_worker(self, interpreter: str | None) -> WorkerProcess:
        return self._spare.take(interpreter or self._interpreter)

    def _forget(self, thread: EngineThread | CheckThread) -> None:
        with self._lock:
            self._runs.discard(thread)
        self.prepare()
