"""``check``: check layers, show how far it is, print what was found."""

from __future__ import annotations

import queue
import sys
from argparse import Namespace
from pathlib import Path
from typing import assert_never

from engine.analysis.check_report import checks_report
from engine.command_line.check_lines import print_checks
from engine.command_line.checked_experiment import checked_experiment
from engine.command_line.exit_code import ExitCode
from engine.command_line.interruption import Interruption
from engine.command_line.messages import say_problem
from engine.command_line.output_files import STDOUT, check_not_read, check_writable
from engine.command_line.progress_view import ProgressView, progress_view
from engine.command_line.report_file import write_report
from engine.experiment.custom_files import files_of
from engine.experiment.experiment import Experiment
from engine.host.check_events import CheckArrived, CheckEvent, ChecksFinished, CheckStarted
from engine.host.engine import Engine
from engine.host.events import RunProgress
from engine.trace.check_result import CheckReport


def check_command(arguments: Namespace) -> int:
    """Check what the arguments name; return the exit code. Raises `ProblemError` for bad input."""
    engine = Engine(keep_spare=False)
    try:
        experiment, base_directory, variants = checked_experiment(arguments, engine)
        _check_output(arguments, experiment, base_directory)
        checks = _Checks(engine, experiment, base_directory, arguments)
        endings = checks.make(variants)
    finally:
        engine.close()
    if arguments.json is not None:
        write_report(arguments.json, checks_report(endings), arguments.quiet)
    return max((_exit_code(ending) for ending in endings), key=_GRAVITY.index)


def _check_output(arguments: Namespace, experiment: Experiment, base_directory: Path) -> None:
    if arguments.json is None or arguments.json == STDOUT:
        return
    check_writable(arguments.json)
    check_not_read([arguments.json], [Path(arguments.model), *files_of(experiment, base_directory)])


class _Checks:
    """The checks of one variant after the other, followed on the main thread, where signals arrive."""

    def __init__(
        self, engine: Engine, experiment: Experiment, base_directory: Path, arguments: Namespace
    ) -> None:
        self._engine = engine
        self._experiment = experiment
        self._base_directory = base_directory
        self._only = [name.strip() for name in arguments.only.split(",") if name.strip()]
        self._quiet = arguments.quiet
        # What a program reads from stdout must not stand among what a person reads.
        self._file = sys.stderr if arguments.json == STDOUT else sys.stdout

    def make(self, variants: tuple[int, ...]) -> list[ChecksFinished]:
        """Check the variants and print what was found, each as soon as it is done."""
        endings = []
        for variant in variants:
            ending = self._follow(variant)
            print_checks(ending.report, self._file)
            if ending.problem is not None:
                say_problem(ending.problem)
            endings.append(ending)
            if ending.outcome == "cancelled":
                break
        return endings

    def _follow(self, variant: int) -> ChecksFinished:
        events: queue.SimpleQueue[CheckEvent] = queue.SimpleQueue()
        thread = self._engine.check(self._experiment, variant, self._base_directory, events.put, self._only)
        with Interruption(thread), progress_view(self._quiet) as view:
            view.show(RunProgress(stage="building", text=f"Building {thread.model}"))
            while not isinstance(event := _next(events), ChecksFinished):
                _show(event, view)
            thread.join()
        return event


def _next(events: queue.SimpleQueue[CheckEvent]) -> CheckEvent:
    while True:
        try:
            # On Windows a wait without end would keep Ctrl+C waiting as well.
            return events.get(timeout=0.2)
        except queue.Empty:
            continue


def _show(event: CheckEvent, view: ProgressView) -> None:
    match event:
        case CheckStarted(model=model, checks=checks):
            text = f"Checking {model}"
            view.show(
                RunProgress(stage="measuring", text=text, fraction=0.0, steps=0, total_steps=len(checks))
            )
        case CheckArrived(model=model, done=done, total=total):
            view.show(RunProgress(stage="measuring", text=f"Checking {model}", fraction=done / total))
        case ChecksFinished():
            pass
        case _:
            assert_never(event)


_GRAVITY = (
    ExitCode.COMPLETED,
    ExitCode.FAILED_CONDITION,
    ExitCode.FAILED,
    ExitCode.BAD_INPUT,
    ExitCode.CANCELLED,
)


def _exit_code(ending: ChecksFinished) -> ExitCode:
    if ending.outcome == "cancelled":
        return ExitCode.CANCELLED
    if ending.problem is not None:
        # Refused before anything of the person's ran: an unknown layer, check or device.
        is_refused = ending.outcome == "failed" and not ending.problem.traceback
        return ExitCode.BAD_INPUT if is_refused else ExitCode.FAILED
    return ExitCode.FAILED_CONDITION if _has_failed(ending.report) else ExitCode.COMPLETED


def _has_failed(report: CheckReport) -> bool:
    """Whether a check failed that is more than advice."""
    return any(result.status == "fail" and result.severity != "advice" for result in report.results)
