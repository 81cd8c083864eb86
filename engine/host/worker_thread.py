"""WorkerThread: a thread that follows one worker process at a time, and how both are stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from engine.experiment.custom_files import interpreter_file
from engine.host.worker_process import WorkerProcess

# What a stop may take before the worker is killed.
STOP_PATIENCE_S = 2.0


class WorkerThread(threading.Thread):
    """Stop asks the worker, and kills it after 2 s.

    ``take_worker`` gives a worker of an interpreter; None is the app's own.
    """

    def __init__(self, name: str, take_worker: Callable[[str | None], WorkerProcess]) -> None:
        super().__init__(name=name, daemon=True)
        self._take_worker = take_worker
        self._worker: WorkerProcess | None = None
        # Reentrant: a second Ctrl+C may interrupt the first one's `stop` on the same thread.
        self._lock = threading.RLock()
        self._stop_requested = False
        self._killer: threading.Timer | None = None

    def stop(self) -> None:
        """Ask the worker to stop; after 2 s it is killed. Returns at once; safe to repeat."""
        with self._lock:
            if self._stop_requested:
                return
            self._stop_requested = True
            self._killer = threading.Timer(STOP_PATIENCE_S, self._kill)
            self._killer.daemon = True
            self._killer.start()
            worker = self._worker
        if worker is not None:
            worker.send("stop")

    def kill(self) -> None:
        """Stop without waiting for the worker's consent."""
        self.stop()
        self._kill()

    def _start_worker(self, named: str | None, base_directory: Path) -> WorkerProcess:
        """Return a worker of the interpreter that an experiment names: the very file the person trusted."""
        return self._take_worker(str(interpreter_file(named, base_directory)) if named else None)

    def _hold(self, worker: WorkerProcess) -> bool:
        """Follow this worker from now on; return whether a stop came before, and found none to end."""
        with self._lock:
            self._worker = worker
            return self._stop_requested

    def _kill(self) -> None:
        with self._lock:
            worker = self._worker
        if worker is not None:
            worker.kill()

    def _call_off_killing(self) -> WorkerProcess | None:
        """Let no stop kill any more; return the worker that was followed last."""
        with self._lock:
            worker, killer = self._worker, self._killer
        if killer is not None:
            killer.cancel()
        return worker
