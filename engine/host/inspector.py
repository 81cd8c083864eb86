"""The inspector: a long-lived worker that answers questions about devices, layers and shapes."""

from __future__ import annotations

import itertools
import queue
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from engine.experiment.experiment import Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.run_plan import RunPlan
from engine.host.inspection import Catalog, Environment, ShapeReport
from engine.host.messages import Reply
from engine.host.run_request import shapes_request
from engine.host.worker_process import WorkerProcess
from engine.wire.problem import Problem, ProblemError

Answer = TypeVar("Answer")
# Importing a person's file may take long; forever is a mistake in it.
PATIENCE_S = 60.0


class Inspector:
    """Answers one question after the other, each by a future that may raise `ProblemError`.

    Custom code that hangs or crashes the worker costs one answer: the next question gets a new
    process. ``patience_s`` is how long one answer may take.
    """

    def __init__(self, interpreter: str | None = None, patience_s: float = PATIENCE_S) -> None:
        self._interpreter = interpreter
        self._patience_s = patience_s
        self._questions: queue.SimpleQueue[_Question | None] = queue.SimpleQueue()
        self._numbers = itertools.count(1)
        self._worker: WorkerProcess | None = None
        self._lock = threading.Lock()
        # Of its own: starting a worker must not hold up whoever asks (the window).
        self._asking = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._answer_all, name="inspector", daemon=True)
        self._thread.start()

    def environment(self) -> Future[Environment]:
        """Ask for the interpreter, its torch and its devices."""
        return self._ask(Environment, "environment", {})

    def catalog(self, files: Sequence[Path]) -> Future[Catalog]:
        """Ask for the layers of ``torch.nn`` and of these files. Runs the files' code."""
        return self._ask(Catalog, "catalog", {"files": [str(file) for file in files]})

    def shapes(
        self, variant: Variant, inputs: Sequence[InputSpec], plan: RunPlan, base_directory: Path
    ) -> Future[ShapeReport]:
        """Ask what each node makes of its input. Runs the code of the variant's layers."""
        arguments = shapes_request(variant, inputs, plan, base_directory)
        return self._ask(ShapeReport, "shapes", {"arguments": arguments})

    def example_inputs(self, layers: Sequence[str], base_directory: Path) -> Future[tuple[InputSpec, ...]]:
        """Ask for inputs that layers in sequence take; empty if none are known. Runs the layers' code."""
        arguments = {"layers": list(layers), "base_directory": str(base_directory.absolute())}
        return self._ask(tuple[InputSpec, ...], "example_inputs", arguments)

    def close(self) -> None:
        """Kill the worker. Unanswered questions raise `ProblemError`."""
        with self._asking:
            self._closed = True
        with self._lock:
            if self._worker is not None:
                self._worker.kill()
        self._questions.put(None)
        self._thread.join()

    def _ask(self, kind: type[Answer], type: str, fields: dict[str, Any]) -> Future[Answer]:
        question = _Question(next(self._numbers), kind, type, fields)
        with self._asking:
            is_closed = self._closed
            if not is_closed:
                self._questions.put(question)
        if is_closed:
            question.future.set_exception(ProblemError("The engine is closed."))
        return question.future

    def _answer_all(self) -> None:
        while (question := self._questions.get()) is not None:
            if question.future.set_running_or_notify_cancel():
                self._answer(question)
        self._drop_worker()
        while not self._questions.empty():
            question = self._questions.get()
            if question is not None and question.future.set_running_or_notify_cancel():
                question.future.set_exception(ProblemError("The engine is closed."))

    def _answer(self, question: _Question) -> None:
        try:
            question.future.set_result(self._exchange(question))
        except ProblemError as error:
            question.future.set_exception(error)
        except Exception as error:
            self._drop_worker()
            question.future.set_exception(ProblemError(f"The inspector's answer can't be read: {error}"))

    def _exchange(self, question: _Question) -> Any:
        worker = self._ready_worker()
        patience = threading.Timer(self._patience_s, worker.kill)
        patience.daemon = True
        patience.start()
        try:
            worker.send(question.type, request=question.number, **question.fields)
            while (received := worker.receive()) is not None:
                match received[0]:
                    case Reply(request=number, result=result, problem=None) if number == question.number:
                        return msgspec.convert(result, question.kind)
                    case Reply(request=number, problem=Problem() as problem) if number == question.number:
                        raise ProblemError(problem.what, problem.where, problem.hint, problem.traceback)
        finally:
            patience.cancel()
        raise self._lost(worker)

    def _ready_worker(self) -> WorkerProcess:
        with self._lock:
            if self._closed:
                raise ProblemError("The engine is closed.")
            if self._worker is None or not self._worker.is_alive:
                if self._worker is not None:
                    self._worker.close()
                self._worker = WorkerProcess(self._interpreter)
            worker = self._worker
        worker.wait_until_ready()
        return worker

    def _lost(self, worker: WorkerProcess) -> ProblemError:
        worker.close()
        if self._closed:
            return ProblemError("The engine is closed.")
        return ProblemError(
            f"The code of a layer took down the process that looks at it, or kept it busy for more than "
            f"{self._patience_s:.0f} s: {worker.ending()}.",
            hint="Look for os._exit, endless loops or faults at import or in __init__.",
            traceback=worker.printed.tail(),
        )

    def _drop_worker(self) -> None:
        with self._lock:
            worker, self._worker = self._worker, None
        if worker is not None:
            worker.close()


class _Question:
    """One request and the future of its answer."""

    def __init__(self, number: int, kind: type[Any], type: str, fields: dict[str, Any]) -> None:
        self.number = number
        self.kind = kind
        self.type = type
        self.fields = fields
        self.future: Future[Any] = Future()
