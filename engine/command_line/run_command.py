"""``run``: run an experiment, show how far it is, write what was asked for."""

from __future__ import annotations

import queue
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from engine.command_line.exit_code import ExitCode
from engine.command_line.gates import Gates, requested_gates
from engine.command_line.interruption import Interruption
from engine.command_line.messages import say, say_problem
from engine.command_line.output_files import STDOUT, TRACE_SUFFIXES, check_not_read, check_writable
from engine.command_line.progress_view import ProgressView, progress_view
from engine.command_line.requested_experiment import requested_experiment
from engine.command_line.run_outputs import results_of, write_outputs
from engine.experiment.custom_files import files_of
from engine.experiment.experiment import Experiment
from engine.host.engine import Engine, EngineThread
from engine.host.events import (
    LogArrived,
    ModelsBuilt,
    RunEvent,
    RunFinished,
    RunProgress,
    RunStarted,
    RunWarned,
    StepsArrived,
    WindowArrived,
)
from engine.recording.recording import SUFFIX
from engine.wire.problem import ProblemError


def run_command(arguments: Namespace) -> int:
    """Run what the arguments ask for; return the exit code. Raises `ProblemError` for bad input."""
    experiment, base_directory = requested_experiment(arguments)
    gates = requested_gates(arguments)
    _check_comparable(experiment, arguments, gates)
    if arguments.sweep is not None:
        from engine.command_line.sweep_command import sweep_command

        return sweep_command(arguments, experiment, base_directory, gates)
    project = [arguments.project] if arguments.project is not None else []
    _check_outputs(arguments, [*project, *files_of(experiment, base_directory)])
    with _recording_path(arguments.recording) as path:
        engine = Engine(keep_spare=False)
        try:
            run = _Run(engine, experiment, base_directory, path, arguments.quiet)
            finished = run.follow()
            results = results_of(run.thread.recording)
            all_written = write_outputs(results, arguments)
        finally:
            engine.close()
    code = _exit_code(finished, run.is_built)
    if code != ExitCode.COMPLETED:
        return code
    failures = gates.failures(results.comparisons, experiment.plan.phase != "forward") if gates.is_any else []
    for failure in failures:
        say(f"Failed: {failure}")
    if not all_written:
        return ExitCode.FAILED
    return ExitCode.FAILED_CONDITION if failures else code


def _check_comparable(experiment: Experiment, arguments: Namespace, gates: Gates) -> None:
    if len(experiment.variants) > 1:
        return
    given = {
        "--baseline": arguments.baseline is not None,
        "--fail-if-slower": gates.slower_percent is not None,
        "--fail-if-different": gates.same_work,
    }
    option = next((option for option, is_given in given.items() if is_given), None)
    if option is not None:
        hint = "Add another --variant, or leave the option out."
        raise ProblemError("There is only one variant, so there is nothing to compare it with.", option, hint)


def _check_outputs(arguments: Namespace, inputs: Sequence[Path]) -> None:
    if arguments.json is not None and arguments.json != STDOUT:
        check_writable(arguments.json)
    if arguments.trace is not None:
        check_writable(arguments.trace, TRACE_SUFFIXES)
    if arguments.recording is not None:
        check_writable(arguments.recording)
    given = (arguments.json, arguments.trace, arguments.recording)
    outputs = [path.resolve() for path in given if path is not None and path != STDOUT]
    check_not_read(outputs, inputs)
    if len(set(outputs)) < len(outputs):
        raise ProblemError("Two results would be written to one file.", hint="Give each its own name.")


@contextmanager
def _recording_path(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        yield wanted
        return
    # The disk may be busy with the recording for a moment when the run is killed: that is no error.
    with tempfile.TemporaryDirectory(prefix="layerscope-", ignore_cleanup_errors=True) as directory:
        yield Path(directory) / f"run{SUFFIX}"


class _Run:
    """One run, followed on the main thread, where signals arrive."""

    def __init__(
        self, engine: Engine, experiment: Experiment, base_directory: Path, path: Path, quiet: bool
    ) -> None:
        self.is_built = False
        self._events: queue.SimpleQueue[RunEvent] = queue.SimpleQueue()
        self._quiet = quiet
        self.thread: EngineThread = engine.run(experiment, base_directory, path, self._events.put)

    def follow(self) -> RunFinished:
        """Show progress until the run has ended."""
        with Interruption(self.thread), progress_view(self._quiet) as view:
            while True:
                event = self._next_event()
                if isinstance(event, RunFinished):
                    break
                self._show(event, view)
            self.thread.join()
        if event.problem is not None:
            # What a crashed worker printed last stands right above, unless nothing was shown.
            is_shown = event.outcome == "crashed" and not self._quiet
            say_problem(replace(event.problem, traceback="") if is_shown else event.problem)
        return event

    def _next_event(self) -> RunEvent:
        while True:
            try:
                # On Windows a wait without end would keep Ctrl+C waiting as well.
                return self._events.get(timeout=0.2)
            except queue.Empty:
                continue

    def _show(self, event: RunEvent, view: ProgressView) -> None:
        match event:
            case RunProgress():
                view.show(event)
            case LogArrived(text=text):
                view.print(text)
            case RunWarned(problem=problem):
                view.print(f"Warning: {problem}")
            case ModelsBuilt():
                self.is_built = True
            case RunStarted() | StepsArrived() | WindowArrived() | RunFinished():
                pass
            case _:
                assert_never(event)


def _exit_code(finished: RunFinished, is_built: bool) -> ExitCode:
    match finished.outcome:
        case "completed":
            return ExitCode.COMPLETED
        case "cancelled":
            return ExitCode.CANCELLED
        case "crashed":
            return ExitCode.FAILED
        case "failed":
            # Refused before anything of the person's ran: an unknown layer, parameter or device.
            refused = not is_built and finished.problem is not None and not finished.problem.traceback
            return ExitCode.BAD_INPUT if refused else ExitCode.FAILED
    assert_never(finished.outcome)
