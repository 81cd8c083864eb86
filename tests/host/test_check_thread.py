"""The checks of one variant, followed: whatever happens to the worker, there is one ending."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any, cast

import pytest

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.host.check_events import CheckArrived, CheckEvent, ChecksFinished, CheckStarted
from engine.host.check_messages import CheckMade, ChecksEnded, ChecksListed
from engine.host.check_thread import CheckThread
from engine.host.engine import Engine
from engine.host.messages import Hello, Message
from engine.host.worker_process import WorkerProcess
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckResult
from engine.wire.problem import Problem, ProblemError


def experiment(*layers: str) -> Experiment:
    variants = tuple(
        Variant(name=f"variant {number}", model=(ModelNode(layer=text),))
        for number, text in enumerate(layers)
    )
    return Experiment(variants=variants, inputs=(InputSpec(shape=(4, 10)),))


def description(name: str) -> CheckDescription:
    return CheckDescription(name=name, title=name, group="speed", severity="warning", why="Why.", mend="So.")


A, B, C = (description(name) for name in "abc")


def passed(check: CheckDescription) -> CheckMade:
    return CheckMade(check.result(status="pass"))


class Printed:
    """Stands for `PrintedOutput`."""

    take = None

    def tail(self) -> str:
        return "last words\n"

    def join(self, timeout: float) -> None:
        pass


class ScriptedWorker:
    """Says what it is told, then ends as a process that ``ended`` so; `hang` makes it silent instead."""

    def __init__(self, *messages: Message, ended: str = "its process was ended by SIGSEGV") -> None:
        self.printed = Printed()
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.is_closed = False
        self.killed = Event()
        self.hangs = False
        self._ended = ended
        self._messages = list(messages)

    def hang(self) -> ScriptedWorker:
        self.hangs = True
        return self

    def wait_until_ready(self) -> Hello:
        return Hello(1, "2.13.0", "3.11")

    def send(self, type: str, **fields: Any) -> None:
        self.sent.append((type, fields))

    def receive(self) -> tuple[Message, bytes] | None:
        if self._messages and not self.killed.is_set():
            return self._messages.pop(0), b""
        if self.hangs:
            assert self.killed.wait(20)
        return None

    def kill(self) -> None:
        self.killed.set()

    def close(self) -> None:
        self.is_closed = True

    def ending(self) -> str:
        return self._ended


def follow(
    *workers: ScriptedWorker, silence_s: float = 20.0, heard: Callable[[CheckEvent], None] | None = None
) -> tuple[list[CheckEvent], ChecksFinished]:
    """Follow the checks with these workers, one after the other."""
    events: list[CheckEvent] = []

    def listen(event: CheckEvent) -> None:
        events.append(event)
        if heard is not None:
            heard(event)

    waiting = list(workers)

    def take(_: str | None) -> WorkerProcess:
        return cast(WorkerProcess, waiting.pop(0))

    CheckThread(experiment("nn.ReLU()"), 0, Path(), listen, take, silence_s=silence_s).run()
    endings = [event for event in events if isinstance(event, ChecksFinished)]
    assert len(endings) == 1
    assert events[-1] is endings[0]
    assert all(worker.is_closed for worker in workers)
    return events, endings[0]


def statuses(results: Sequence[CheckResult]) -> list[tuple[str, str]]:
    return [(result.name, result.status) for result in results]


def test_that_results_arrive_one_by_one_and_are_all_in_the_end() -> None:
    events, ending = follow(ScriptedWorker(ChecksListed((A, B)), passed(A), passed(B), ChecksEnded()))
    assert isinstance(events[0], CheckStarted)
    assert [(e.done, e.total) for e in events if isinstance(e, CheckArrived)] == [(1, 2), (2, 2)]
    assert ending.outcome == "completed"
    assert ending.report.model == "variant 0"
    assert statuses(ending.report.results) == [("a", "pass"), ("b", "pass")]


def test_that_a_check_that_takes_down_the_process_fails_and_the_rest_is_made() -> None:
    first = ScriptedWorker(ChecksListed((A, B, C)), passed(A))
    second = ScriptedWorker(ChecksListed((C,)), passed(C), ChecksEnded())
    events, ending = follow(first, second)
    assert ending.outcome == "completed"
    assert statuses(ending.report.results) == [("a", "pass"), ("b", "fail"), ("c", "pass")]
    (finding,) = ending.report.results[1].findings
    assert finding.what == (
        "It took down the process: its process was ended by SIGSEGV. It printed last: last words"
    )
    assert second.sent[0][1]["skip"] == ["a", "b"]
    assert sum(isinstance(event, CheckStarted) for event in events) == 1


def test_that_the_last_check_may_take_down_the_process() -> None:
    _, ending = follow(ScriptedWorker(ChecksListed((A,))))
    assert ending.outcome == "completed"
    assert statuses(ending.report.results) == [("a", "fail")]


def test_that_a_process_the_system_killed_accuses_nobody() -> None:
    killed = ScriptedWorker(
        ChecksListed((A,)), ended="its process was ended by SIGKILL (killed from outside)"
    )
    _, ending = follow(killed)
    (result,) = ending.report.results
    assert result.status == "unavailable"
    assert "SIGKILL" in result.reason


def test_that_a_check_that_native_code_keeps_for_ever_is_given_up() -> None:
    hanging = ScriptedWorker(ChecksListed((A, B)), ended="its process was ended by SIGKILL").hang()
    rest = ScriptedWorker(ChecksListed((B,)), passed(B), ChecksEnded())
    _, ending = follow(hanging, rest, silence_s=0.05)
    assert statuses(ending.report.results) == [("a", "unavailable"), ("b", "pass")]
    assert "native code" in ending.report.results[0].reason


def test_that_a_model_that_is_never_built_is_one_problem() -> None:
    _, ending = follow(ScriptedWorker().hang(), silence_s=0.05)
    assert ending.outcome == "failed"
    assert ending.problem is not None
    assert "once took more than" in ending.problem.what


def test_that_a_model_that_takes_down_the_process_is_one_problem() -> None:
    _, ending = follow(ScriptedWorker())
    assert ending.outcome == "crashed"
    assert ending.problem is not None
    assert ending.report.results == ()


def test_that_a_model_that_can_not_be_built_says_so() -> None:
    problem = Problem("Layer a fails.")
    _, ending = follow(ScriptedWorker(ChecksEnded(problem)))
    assert (ending.outcome, ending.problem) == ("failed", problem)


def test_that_what_was_found_before_a_stop_is_kept() -> None:
    worker = ScriptedWorker(ChecksListed((A, B)), passed(A)).hang()
    events: list[CheckEvent] = []

    def stop_after_first(event: CheckEvent) -> None:
        events.append(event)
        if isinstance(event, CheckArrived):
            thread.kill()

    thread = CheckThread(
        experiment("nn.ReLU()"), 0, Path(), stop_after_first, lambda _: cast(WorkerProcess, worker)
    )
    thread.run()
    ending = events[-1]
    assert isinstance(ending, ChecksFinished)
    assert (ending.outcome, ending.problem) == ("cancelled", None)
    assert statuses(ending.report.results) == [("a", "pass")]
    assert ("stop", {}) in worker.sent


def test_that_a_stop_before_there_is_a_worker_ends_as_cancelled() -> None:
    events: list[CheckEvent] = []
    worker = ScriptedWorker()
    thread = CheckThread(
        experiment("nn.ReLU()"), 0, Path(), events.append, lambda _: cast(WorkerProcess, worker)
    )
    thread.stop()
    thread.run()
    assert [type(event) for event in events] == [ChecksFinished]
    assert cast(ChecksFinished, events[0]).outcome == "cancelled"


def test_that_a_worker_that_can_not_start_is_told() -> None:
    def refuse(_: str | None) -> WorkerProcess:
        raise ProblemError("There is no such Python.")

    events: list[CheckEvent] = []
    CheckThread(experiment("nn.ReLU()"), 0, Path(), events.append, refuse).run()
    (ending,) = events
    assert isinstance(ending, ChecksFinished)
    assert ending.problem is not None
    assert ending.problem.what == "There is no such Python."


# ---- with real workers

CRASHING = """
import os, torch
from torch import nn

class DiesInFloat64(nn.Module):
    def forward(self, x):
        if x.dtype == torch.float64:
            os._exit(7)
        return x * 2

class DiesAtOnce(nn.Module):
    def forward(self, x):
        os._exit(7)
"""


def checked(folder: Path, layer: str, only: Sequence[str] = ()) -> ChecksFinished:
    engine, ended, endings = Engine(keep_spare=False), Event(), []

    def listen(event: CheckEvent) -> None:
        if isinstance(event, ChecksFinished):
            endings.append(event)
            ended.set()

    try:
        engine.check(experiment(layer), 0, folder, listen, only)
        assert ended.wait(90)
    finally:
        engine.close()
    assert len(endings) == 1
    return endings[0]


@pytest.mark.slow
def test_that_a_built_in_layer_has_a_result_for_every_check(tmp_path: Path) -> None:
    ending = checked(tmp_path, "nn.Linear(10, 10)")
    assert ending.outcome == "completed"
    assert {result.group for result in ending.report.results} >= {"parameters", "speed"}
    assert [result.name for result in ending.report.results if result.status == "fail"] == []


@pytest.mark.slow
def test_that_a_layer_that_exits_at_once_is_one_problem(tmp_path: Path) -> None:
    (tmp_path / "layers.py").write_text(CRASHING)
    ending = checked(tmp_path, "layers.py:DiesAtOnce()")
    assert ending.outcome == "crashed"
    assert ending.problem is not None
    assert "exit code 7" in ending.problem.what


@pytest.mark.slow
def test_that_an_experiment_without_layers_is_refused(tmp_path: Path) -> None:
    engine = Engine(keep_spare=False)
    empty = Experiment(variants=(Variant(name="a", model=()),), inputs=(InputSpec(shape=(4, 10)),))
    try:
        with pytest.raises(ProblemError):
            engine.check(empty, 0, tmp_path, lambda _: None)
    finally:
        engine.close()
