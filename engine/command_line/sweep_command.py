"""``run --sweep``: run an experiment once for each value of a parameter."""

from __future__ import annotations

import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from engine.analysis.sweep.results import SweepResult
from engine.analysis.sweep.sentences import named
from engine.analysis.sweep.sweep_report import sweep_report
from engine.analysis.sweep.sweep_result import sweep_result
from engine.command_line.exit_code import ExitCode
from engine.command_line.followed_sweep import FollowedSweep
from engine.command_line.gates import Gates
from engine.command_line.messages import say, say_problem
from engine.command_line.output_files import STDOUT, check_not_read, check_writable
from engine.command_line.report_file import write_report
from engine.command_line.standard_streams import printing
from engine.command_line.sweep_tables import print_sweep
from engine.experiment.custom_files import files_of
from engine.experiment.experiment import Experiment
from engine.experiment.sweep import Sweep
from engine.experiment.sweep_text import parse_sweep
from engine.host.engine import Engine
from engine.host.sweep_events import SweepFinished
from engine.host.sweep_thread import SweepThread
from engine.wire.problem import ProblemError

OF_PROJECT = "project"


def sweep_command(arguments: Namespace, experiment: Experiment, base_directory: Path, gates: Gates) -> int:
    """Sweep what the arguments ask for; return the exit code. Raises `ProblemError` for bad input.

    The code is `ExitCode.FAILED` if no point was measured: one that is too large is a finding. Each of the
    ``gates`` must hold at every point.
    """
    sweep = requested_sweep(arguments, experiment)
    project = [arguments.project] if arguments.project is not None else []
    _check_outputs(arguments, [*project, *files_of(experiment, base_directory)])
    with _folder(arguments.recording) as folder:
        # The next point's worker starts once this one's is gone: no two share the machine.
        engine = Engine(keep_spare=False)
        try:
            run = FollowedSweep(arguments.quiet)
            thread = _thread(engine, experiment, sweep, base_directory, folder, run)
            finished = run.follow(thread)
        finally:
            engine.close()
        result = sweep_result(sweep.parameter, run.points)
        is_written = _write(arguments, run, result, finished)
    code = _exit_code(finished, result, is_written)
    if code != ExitCode.COMPLETED or not gates.is_any:
        return code
    failures = _failures(result, gates, experiment.plan.phase != "forward")
    for failure in failures:
        say(f"Failed: {failure}")
    return ExitCode.FAILED_CONDITION if failures else code


def requested_sweep(arguments: Namespace, experiment: Experiment) -> Sweep:
    """Return the sweep that the arguments name. Raises `ProblemError`."""
    has_length = arguments.steps is not None or arguments.until_stable
    try:
        if arguments.sweep == OF_PROJECT:
            if experiment.sweep is None:
                hint = "Write parameter=values, such as batch=1..1024."
                raise ProblemError("The project has no sweep.", hint=hint)
            sweep = experiment.sweep
        else:
            sweep = parse_sweep(arguments.sweep)
    except ProblemError as error:
        raise ProblemError(error.problem.what, "--sweep", error.problem.hint) from None
    if has_length:
        return replace(sweep, seconds=None)
    return sweep if arguments.seconds is None else replace(sweep, seconds=arguments.seconds)


def _thread(
    engine: Engine, experiment: Experiment, sweep: Sweep, base: Path, folder: Path, run: FollowedSweep
) -> SweepThread:
    try:
        return SweepThread(experiment, sweep, base, folder, run.events.put, engine.run)
    except ProblemError as error:
        raise ProblemError(error.problem.what, error.problem.where or "--sweep", error.problem.hint) from None


def _check_outputs(arguments: Namespace, inputs: list[Path]) -> None:
    if arguments.trace is not None:
        hint = "Keep the recordings with --recording FOLDER, then export one of them."
        raise ProblemError("A sweep has no one trace.", "--trace", hint)
    if arguments.json is not None and arguments.json != STDOUT:
        check_writable(arguments.json)
        check_not_read([arguments.json.resolve()], inputs)


@contextmanager
def _folder(wanted: Path | None) -> Iterator[Path]:
    if wanted is not None:
        yield wanted
        return
    with tempfile.TemporaryDirectory(prefix="layerscope-", ignore_cleanup_errors=True) as directory:
        yield Path(directory) / "sweep"


def _write(arguments: Namespace, run: FollowedSweep, result: SweepResult, finished: SweepFinished) -> bool:
    """Print the table and write the report; return whether all of it could be written."""
    try:
        if result.points:
            with printing():
                file = sys.stderr if arguments.json == STDOUT else sys.stdout
                print_sweep(result, _title(run, result), file)
        if arguments.json is not None:
            report = {
                "schema": 1,
                "outcome": finished.outcome,
                "error": finished.problem.to_json() if finished.problem else None,
                "sweep": sweep_report(result),
            }
            write_report(arguments.json, report, arguments.quiet)
        if arguments.recording is not None and not arguments.quiet:
            say(f"Wrote {arguments.recording}")
    except ProblemError as error:
        say_problem(error.problem)
        return False
    return True


def _title(run: FollowedSweep, result: SweepResult) -> str:
    return f"{run.title.strip(' ·')} · sweep over {named(result.parameter)}"


def _exit_code(finished: SweepFinished, result: SweepResult, is_written: bool) -> ExitCode:
    if finished.outcome == "cancelled":
        return ExitCode.CANCELLED
    measured = [v for point in result.points for v in point.variants if v.median_us is not None]
    is_good = finished.outcome == "completed" and measured and is_written
    return ExitCode.COMPLETED if is_good else ExitCode.FAILED


def _failures(result: SweepResult, gates: Gates, has_gradients: bool) -> list[str]:
    return [
        f"{named(result.parameter)} {point.value}: {failure}"
        for point in result.points
        for failure in gates.failures(point.comparisons, has_gradients)
    ]
