"""EngineThread: one run, from a worker's first message to the run's one ending."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from engine.experiment.experiment import Experiment
from engine.experiment.naming import with_names
from engine.host.announcement import announcement
from engine.host.check_messages import CheckMade, ChecksEnded, ChecksListed
from engine.host.events import LogArrived, RunEvent, RunFinished, RunProgress, RunStarted, RunWarned
from engine.host.incoming import WindowReader, append_memory, read_memory_profile, read_steps
from engine.host.messages import (
    EnvironmentMessage,
    Finished,
    Hello,
    Memory,
    MemoryProfileMessage,
    Message,
    Models,
    PeakMemory,
    Progress,
    Reply,
    SameWorkMessage,
    Steps,
    StepWorkMessage,
    Unusable,
    Warned,
    WindowMessage,
)
from engine.host.run_request import run_request
from engine.host.telemetry import Telemetry
from engine.host.worker_process import WorkerProcess, crash_problem
from engine.host.worker_thread import WorkerThread
from engine.recording.ending import Ending
from engine.recording.recording import Recording
from engine.trace.memory_sample import TelemetrySample
from engine.wire.problem import Problem, ProblemError

Listener = Callable[[RunEvent], None]


class EngineThread(WorkerThread):
    """One run: owns the worker process, writes the recording, tells a listener.

    The listener is called on this thread (and on the one that reads what the layers print); the
    last event is always one `RunFinished`.
    """

    def __init__(
        self,
        experiment: Experiment,
        base_directory: Path,
        recording_path: Path,
        listener: Listener,
        take_worker: Callable[[str | None], WorkerProcess],
    ) -> None:
        super().__init__("engine", take_worker)
        named = replace(experiment, variants=tuple(with_names(variant) for variant in experiment.variants))
        self.recording = Recording.create(recording_path, named, base_directory)
        self._listener = listener
        self._telemetry: Telemetry | None = None
        self._windows = WindowReader()
        self._write_lock = threading.Lock()

    def run(self) -> None:
        """Run to the end. Whatever happens, exactly one RunFinished is sent."""
        finished = Finished(outcome="failed", problem=None, elapsed_ns=None, profiling_ns=None)
        try:
            finished = self._follow_worker()
        except ProblemError as error:
            finished.problem = error.problem
        except Exception as error:
            finished.problem = Problem(
                f"The run could not be followed: {error}", traceback=traceback.format_exc()
            )
        finally:
            self._end(finished)

    # ---- the worker's life

    def _follow_worker(self) -> Finished:
        self._tell(RunProgress(stage="starting", text="Starting a worker"))
        worker = self._start_worker(self.recording.experiment.interpreter, self.recording.base_directory)
        worker.printed.take = self._take_print
        if self._hold(worker):
            return Finished("cancelled", None, None, None)
        hello = self._wait_until_ready(worker)
        if hello is None:
            return self._ended_without_saying(worker)
        self._tell(RunStarted(worker_pid=hello.pid))
        worker.send("run", **run_request(self.recording.experiment, self.recording.base_directory))
        if self._stop_requested:
            worker.send("stop")
        while (received := worker.receive()) is not None:
            if isinstance(received[0], Finished):
                return self._judge(received[0])
            self._take(*received)
        return self._ended_without_saying(worker)

    def _wait_until_ready(self, worker: WorkerProcess) -> Hello | None:
        try:
            return worker.wait_until_ready()
        except ProblemError:
            if self._stop_requested:
                return None
            raise

    def _judge(self, finished: Finished) -> Finished:
        # A layer that fails while it is being stopped (an interrupted sleep, say) was cancelled.
        if self._stop_requested and finished.outcome != "completed":
            return Finished("cancelled", None, finished.elapsed_ns, finished.profiling_ns)
        return finished

    def _ended_without_saying(self, worker: WorkerProcess) -> Finished:
        if self._stop_requested:
            return Finished("cancelled", None, None, None)
        worker.printed.join(timeout=1.0)
        return Finished("crashed", crash_problem(worker), None, None)

    def _end(self, finished: Finished) -> None:
        ending = Ending(
            outcome=finished.outcome,
            problem=finished.problem,
            elapsed_ns=finished.elapsed_ns,
            profiling_ns=finished.profiling_ns,
        )
        try:
            self._release_worker()
        finally:
            try:
                with self._write_lock:
                    self.recording.finish(ending)
            finally:
                self._tell(RunFinished(outcome=finished.outcome, problem=finished.problem))

    def _release_worker(self) -> None:
        if self._telemetry is not None:
            self._telemetry.finish()
        worker = self._call_off_killing()
        if worker is not None:
            worker.close()
            # Whoever still holds its stderr may print on: nothing comes behind the ending.
            worker.printed.take = None

    # ---- its messages

    def _take(self, message: Message, body: bytes) -> None:
        try:
            with self._write_lock:
                self._record(message, body)
        except ProblemError as error:
            # The disk refused: the run goes on, whole in memory, and the person is told once.
            self._tell(RunWarned(problem=error.problem))
        if isinstance(message, Models):
            self._watch_machine()
        event = announcement(message, self.recording)
        if event is not None:
            self._tell(event)

    def _record(self, message: Message, body: bytes) -> None:
        recording = self.recording
        match message:
            case Steps():
                recording.append_steps(read_steps(message, body))
            case WindowMessage():
                layers = recording.models[message.variant].layer_paths
                warnings = self._worker.printed.take_profiler_warnings() if self._worker else ()
                recording.append_window(self._windows.read(message, body, layers, warnings))
            case Memory():
                append_memory(message, recording)
            case PeakMemory():
                recording.set_peak_memory(message.variant, message.peak)
            case SameWorkMessage():
                recording.set_same_work(message.results)
            case StepWorkMessage():
                recording.set_step_work(message.variant, message.work)
            case MemoryProfileMessage():
                layers = recording.models[message.variant].layer_paths
                recording.set_memory_profile(message.variant, read_memory_profile(message, body, layers))
            case Warned(problem=problem):
                recording.append_log(f"Warning: {problem}\n")
            case EnvironmentMessage(environment=environment):
                recording.set_environment(environment)
            case Models(models=models):
                recording.set_models(models)
            case Progress() | Hello() | Unusable() | Reply() | Finished():
                pass
            case ChecksListed() | CheckMade() | ChecksEnded():
                pass
            case _:
                assert_never(message)

    def _watch_machine(self) -> None:
        assert self._worker is not None
        environment = self.recording.environment
        devices = environment.get("devices", [])
        uuid = next((d.get("uuid") for d in devices if d.get("name") == environment.get("device")), None)
        self._telemetry = Telemetry(self._worker.pid, uuid, self._take_sample)
        self._telemetry.start()

    def _take_sample(self, sample: TelemetrySample) -> None:
        with self._write_lock:
            self.recording.append_telemetry(sample)

    def _take_print(self, text: str) -> None:
        with self._write_lock:
            self.recording.append_log(text)
        self._tell(LogArrived(text=text))

    def _tell(self, event: RunEvent) -> None:
        self._listener(event)
