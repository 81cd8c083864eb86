from __future__ import annotations

from pathlib import Path

import pytest

from engine.host import worker_process
from engine.host.worker_process import WorkerProcess
from engine.wire.problem import ProblemError


def shell_worker(folder: Path, script: str) -> WorkerProcess:
    """Start a worker whose interpreter is a shell script."""
    interpreter = folder / "python"
    interpreter.write_text(f"#!/bin/sh\n{script}\n")
    interpreter.chmod(0o755)
    return WorkerProcess(str(interpreter))


def test_that_a_dead_workers_own_processes_do_not_hide_its_end(tmp_path: Path) -> None:
    # The sleeper inherits both pipes: until it is gone they have no end.
    worker = shell_worker(tmp_path, "sleep 600 &\nexit 3")

    assert worker.receive() is None
    assert worker.ending() == "its process ended with exit code 3"
    worker.close()
    # Nobody holds stderr any more.
    assert not worker.printed.is_alive()


def test_that_a_worker_that_closed_its_pipe_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_process, "EXIT_PATIENCE_S", 0.05)
    worker = shell_worker(tmp_path, "exec 1>&-\nexec sleep 600")

    assert worker.receive() is None
    assert "SIGKILL" in worker.ending()
    worker.close()


def test_that_a_program_that_is_no_worker_is_ended_and_named(tmp_path: Path) -> None:
    worker = shell_worker(tmp_path, "while echo I am no Python; do :; done")

    with pytest.raises(ProblemError, match="did not start") as raised:
        worker.wait_until_ready()
    assert raised.value.problem.where == worker.interpreter
    assert not worker.is_alive
    worker.close()
