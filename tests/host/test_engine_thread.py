"""One run, followed without a real worker."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import pytest

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.host.engine_thread import EngineThread
from engine.host.events import ModelsBuilt, RunEvent, RunFinished, RunWarned
from engine.host.messages import Finished, Hello, Message, Models
from engine.host.worker_process import WorkerProcess
from engine.recording.recording import Recording
from engine.trace.built_model import BuiltModel
from engine.wire.problem import ProblemError

EXPERIMENT = Experiment(
    variants=(Variant(name="mine", model=(ModelNode(layer="nn.ReLU()"),)),), inputs=(InputSpec(shape=(4,)),)
)
MODELS = Models(models=(BuiltModel(name="mine", layers=(), device="cpu", dtype="float32"),))
COMPLETED = Finished("completed", None, 1, 0)


class Printed:
    """Stands for `PrintedOutput`."""

    take = None


class ScriptedWorker:
    """A worker that says what it is told, and remembers how it was treated."""

    def __init__(self, *messages: Message) -> None:
        self.pid = 2**22 + 1
        self.printed = Printed()
        self.sent: list[str] = []
        self.is_closed = False
        self._messages = list(messages)

    def wait_until_ready(self) -> Hello:
        return Hello(self.pid, "2.13.0", "3.11")

    def send(self, type: str, **fields: Any) -> None:
        self.sent.append(type)

    def receive(self) -> tuple[Message, bytes] | None:
        return (self._messages.pop(0), b"") if self._messages else None

    def kill(self) -> None:
        self._messages.clear()

    def close(self) -> None:
        self.is_closed = True


def followed(folder: Path, worker: Any, events: list[RunEvent]) -> EngineThread:
    path = folder / "run.layerscope"
    return EngineThread(EXPERIMENT, folder, path, events.append, lambda _: cast(WorkerProcess, worker))


def test_that_a_disk_that_refuses_hides_nothing_that_arrived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(recording: Recording, models: Any) -> None:
        raise ProblemError("The disk is full.")

    monkeypatch.setattr(Recording, "set_models", refuse)
    events: list[RunEvent] = []
    followed(tmp_path, ScriptedWorker(MODELS, COMPLETED), events).run()

    kinds = [type(event) for event in events]
    assert kinds.index(RunWarned) < kinds.index(ModelsBuilt)
    assert kinds[-1] is RunFinished


def test_that_a_run_stopped_before_it_had_a_worker_starts_nothing(tmp_path: Path) -> None:
    events: list[RunEvent] = []
    worker = ScriptedWorker(COMPLETED)
    thread = followed(tmp_path, worker, events)
    thread.kill()
    thread.run()

    assert events[-1] == RunFinished(outcome="cancelled")
    assert worker.sent == []
    assert worker.is_closed


def test_that_a_worker_that_cannot_be_let_go_does_not_cost_the_ending(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker = ScriptedWorker(COMPLETED)

    def fail(worker: ScriptedWorker) -> None:
        raise OSError("no")

    monkeypatch.setattr(ScriptedWorker, "close", fail)
    events: list[RunEvent] = []
    thread = followed(tmp_path, worker, events)
    with pytest.raises(OSError, match="no"):
        thread.run()

    assert events[-1] == RunFinished(outcome="completed")
    assert thread.recording.ending is not None
