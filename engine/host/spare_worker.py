"""A worker that has torch loaded and waits for the next run."""

from __future__ import annotations

import sys
import threading

from engine.host.worker_process import WorkerProcess
from engine.wire.problem import ProblemError


class SpareWorker:
    """Holds at most one worker. `prepare` when nothing is being measured; `take` it for a run."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._worker: WorkerProcess | None = None
        self._closed = False

    def prepare(self, interpreter: str | None) -> None:
        """Start a worker of this interpreter unless one waits already. Never raises."""
        with self._lock:
            if self._closed or (self._worker is not None and self._fits(interpreter)):
                return
            self._drop()
            try:
                self._worker = WorkerProcess(interpreter)
            except ProblemError:
                # The run itself will say it, where the person is looking.
                self._worker = None

    def take(self, interpreter: str | None) -> WorkerProcess:
        """Return the spare if it is of this interpreter and alive, else a new worker."""
        with self._lock:
            worker = self._worker if self._fits(interpreter) else None
            if worker is not None:
                self._worker = None
        return worker or WorkerProcess(interpreter)

    def close(self) -> None:
        """End the spare; no other is started."""
        with self._lock:
            self._closed = True
            self._drop()

    def _fits(self, interpreter: str | None) -> bool:
        worker = self._worker
        return (
            worker is not None and worker.is_alive and worker.interpreter == (interpreter or sys.executable)
        )

    def _drop(self) -> None:
        if self._worker is not None:
            self._worker.close()
            self._worker = None
