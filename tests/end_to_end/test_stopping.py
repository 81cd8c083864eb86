"""Stopping, killing, and doing things at the wrong moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import venv
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from engine.host.engine import Engine
from engine.host.events import RunEvent, RunFinished, RunProgress, RunStarted
from engine.host.inspector import Inspector
from engine.recording.recording import Recording
from engine.trace.step_table import StepTable
from engine.wire.problem import ProblemError
from tests.end_to_end.runs import PATIENCE_S, Runner, experiment, wait_until

pytestmark = pytest.mark.slow

ENDLESS = """class L(nn.Module):
    def forward(self, x):
        print('in the loop', flush=True)
        while True:
            pass
"""
APP = """import sys
from pathlib import Path
from engine.host.engine import Engine
from engine.host.events import RunStarted
from tests.end_to_end.runs import experiment

def listen(event):
    if isinstance(event, RunStarted):
        print(event.worker_pid, flush=True)

folder = Path(sys.argv[1])
what = experiment('nn.Linear(10, 10)', seconds=60.0, steps=None)
Engine().run(what, folder, folder / 'r.layerscope', listen).join()
"""


def started_pid(events: list[RunEvent]) -> int:
    wait_until(lambda: any(isinstance(event, RunStarted) for event in events))
    return next(event.worker_pid for event in events if isinstance(event, RunStarted))


def test_that_stop_ends_a_run_and_keeps_what_it_has(runner: Runner) -> None:
    events: list[RunEvent] = []
    thread = runner.start(experiment("nn.Linear(10, 10)", seconds=60.0, steps=None), events)
    wait_until(lambda: len(thread.recording.steps().bare()) > 0)
    begin = time.monotonic()
    thread.stop()
    thread.join(PATIENCE_S)

    assert time.monotonic() - begin < 3
    assert events[-1] == RunFinished(outcome="cancelled")
    again = Recording.open(thread.recording.path)
    assert len(again.steps()) == len(thread.recording.steps())
    assert again.ending is not None
    assert again.ending.outcome == "cancelled"


def test_that_stop_ends_an_endless_loop_within_three_seconds(runner: Runner) -> None:
    runner.write("layers.py", ENDLESS)
    events: list[RunEvent] = []
    thread = runner.start(experiment("layers.py:L()"), events)
    wait_until(lambda: any("in the loop" in line for line in thread.recording.logs()))
    begin = time.monotonic()
    thread.stop()
    thread.stop()
    thread.join(PATIENCE_S)

    assert time.monotonic() - begin < 3
    assert events[-1] == RunFinished(outcome="cancelled")
    assert not psutil.pid_exists(started_pid(events))


def test_that_a_stop_before_the_worker_is_ready_counts(runner: Runner) -> None:
    events: list[RunEvent] = []
    thread = runner.start(experiment("nn.ReLU()", seconds=60.0, steps=None), events)
    thread.stop()
    thread.join(PATIENCE_S)

    assert events[-1] == RunFinished(outcome="cancelled")


def test_that_a_killed_worker_is_reported_as_crashed(runner: Runner) -> None:
    events: list[RunEvent] = []
    thread = runner.start(experiment("nn.Linear(10, 10)", seconds=60.0, steps=None), events)
    wait_until(lambda: thread.recording.window_count > 0)
    os.kill(started_pid(events), signal.SIGKILL)
    thread.join(PATIENCE_S)

    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.outcome == "crashed"
    assert "SIGKILL" in str(finished.problem)
    assert thread.recording.window_count > 0


def test_that_closing_the_engine_during_a_run_cancels_it_and_leaves_no_process(runner: Runner) -> None:
    events: list[RunEvent] = []
    thread = runner.start(experiment("nn.Linear(10, 10)", seconds=60.0, steps=None), events)
    pid = started_pid(events)
    runner.engine.close()

    assert not thread.is_alive()
    assert events[-1] == RunFinished(outcome="cancelled")
    assert not psutil.pid_exists(pid)


def test_that_a_worker_ends_with_the_app_that_was_killed(tmp_path: Path) -> None:
    app = subprocess.Popen([sys.executable, "-c", APP, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert app.stdout is not None
    pid = int(app.stdout.readline())
    app.kill()
    app.wait()
    app.stdout.close()

    wait_until(lambda: not psutil.pid_exists(pid))


def test_that_two_runs_in_a_row_both_complete_and_the_second_uses_the_spare(tmp_path: Path) -> None:
    engine = Engine(keep_spare=True)
    runner = Runner(engine, tmp_path)
    first = runner.run(experiment("nn.Linear(10, 10)"))
    second = runner.run(experiment("nn.Linear(10, 10)"))
    engine.close()

    assert first.finished.outcome == second.finished.outcome == "completed"
    assert first.recording.path != second.recording.path


def test_that_two_runs_at_once_do_not_mix(runner: Runner) -> None:
    first: list[RunEvent] = []
    second: list[RunEvent] = []
    threads = [
        runner.start(experiment("nn.Linear(10, 10)", steps=20), first),
        runner.start(experiment("nn.Linear(10, 5)", steps=30), second),
    ]
    for thread in threads:
        thread.join(PATIENCE_S)

    assert [len(thread.recording.steps().bare()) for thread in threads] == [20, 30]
    assert first[-1] == second[-1] == RunFinished(outcome="completed")


def test_that_a_file_deleted_during_a_run_does_not_end_it(runner: Runner) -> None:
    path = runner.write("layers.py", "class L(nn.Module):\n    def forward(self, x):\n        return x + 1\n")
    events: list[RunEvent] = []
    thread = runner.start(experiment("layers.py:L()", seconds=0.5, steps=None), events)
    wait_until(lambda: any(isinstance(e, RunProgress) and e.stage == "warming up" for e in events))
    path.unlink()
    thread.join(PATIENCE_S)

    assert events[-1] == RunFinished(outcome="completed")


def test_that_an_interpreter_that_is_not_there_is_a_clear_failure(runner: Runner) -> None:
    run = runner.run(replace(experiment("nn.ReLU()"), interpreter="/no/such/python"))

    assert run.finished.outcome == "failed"
    assert run.finished.problem is not None
    assert run.finished.problem.where == "/no/such/python"


def test_that_an_interpreter_without_torch_says_so(runner: Runner, tmp_path: Path) -> None:
    venv.create(tmp_path / "bare", with_pip=False)
    python = str(tmp_path / "bare" / "bin" / "python")
    run = runner.run(replace(experiment("nn.ReLU()"), interpreter=python))

    assert run.finished.outcome == "failed"
    assert "torch" in str(run.finished.problem)


def test_that_the_inspector_outlives_code_that_kills_it(runner: Runner) -> None:
    deadly = runner.write("deadly.py", "os._exit(3)\n")
    with pytest.raises(ProblemError, match="exit code 3"):
        runner.engine.inspector.catalog([deadly]).result(PATIENCE_S)

    environment = runner.engine.inspector.environment().result(PATIENCE_S)
    assert environment.devices[-1].kind == "cpu"


def test_that_the_inspector_gives_up_on_code_that_hangs(runner: Runner) -> None:
    hanging = runner.write("hanging.py", "while True:\n    pass\n")
    inspector = Inspector(patience_s=6.0)
    with pytest.raises(ProblemError, match="busy for more than"):
        inspector.catalog([hanging]).result(PATIENCE_S)
    inspector.close()


def test_that_questions_to_a_closed_engine_fail_at_once() -> None:
    engine = Engine(keep_spare=False)
    inspector = engine.inspector
    waiting = inspector.environment()
    engine.close()

    with pytest.raises(ProblemError, match="closed"):
        waiting.result(PATIENCE_S)
    with pytest.raises(ProblemError, match="closed"):
        inspector.environment().result(PATIENCE_S)


def test_that_a_full_disk_warns_once_and_the_run_completes_in_memory(
    runner: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = Recording.append_steps
    refused: list[bool] = []

    def refuse_once(recording: Recording, steps: StepTable) -> None:
        keep(recording, steps)
        if not refused:
            refused.append(True)
            raise ProblemError("The disk is full.", str(recording.path), "Free some space.")

    monkeypatch.setattr(Recording, "append_steps", refuse_once)
    run = runner.run(experiment("nn.Linear(10, 10)", steps=50))

    assert run.finished.outcome == "completed"
    assert [warning for warning in run.warnings if "disk is full" in warning] == run.warnings
    assert len(run.recording.steps().bare()) == 50
