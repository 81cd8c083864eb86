"""What a run leaves behind: tables on stdout, the report, the trace."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.analysis.advice.advise import advise, looked_at
from engine.analysis.advice.results import Advice
from engine.analysis.attribution import attribute
from engine.analysis.comparison.results import Comparison
from engine.analysis.comparison.run_comparisons import run_comparisons
from engine.analysis.results import RunSummary
from engine.analysis.run_report import run_report
from engine.analysis.whole_run import summarize
from engine.command_line.advice_lines import print_advice
from engine.command_line.comparison_tables import print_comparison
from engine.command_line.messages import say, say_problem
from engine.command_line.output_files import STDOUT
from engine.command_line.report_file import write_report
from engine.command_line.result_tables import print_results
from engine.command_line.standard_streams import printing
from engine.recording.recording import Recording
from engine.wire.problem import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResults:
    """All that was found of a run. ``looked_at`` says what advice could have been given on."""

    recording: Recording
    summary: RunSummary
    comparisons: tuple[Comparison, ...]
    advice: tuple[Advice, ...]
    looked_at: tuple[str, ...]


def results_of(recording: Recording) -> RunResults:
    """Return the results of a run that has ended, whatever the outcome."""
    summary = summarize(recording)
    comparisons = run_comparisons(recording, summary)
    return RunResults(
        recording=recording,
        summary=summary,
        comparisons=comparisons,
        advice=advise(recording, summary, comparisons),
        looked_at=looked_at(recording, summary),
    )


def write_outputs(results: RunResults, arguments: Namespace) -> bool:
    """Write what was asked for, whatever the outcome; return whether all of it could be written.

    One of them that can't be written, or that nobody reads, keeps no other from being written.
    """
    recording = results.recording
    wanted: list[Callable[[], None]] = [lambda: _print_tables(results, arguments.json == STDOUT)]
    if arguments.json is not None:
        wanted.append(lambda: write_report(arguments.json, _report(results), arguments.quiet))
    if arguments.trace is not None:
        wanted.append(lambda: _write_trace(recording, arguments.trace, arguments.quiet))
    if arguments.recording is not None:
        wanted.append(lambda: _end_recording(recording, arguments.recording, arguments.quiet))
    written = [_is_written(write) for write in wanted]
    return all(written)


def _is_written(write: Callable[[], None]) -> bool:
    try:
        write()
    except ProblemError as error:
        say_problem(error.problem)
        return False
    return True


def _report(results: RunResults) -> dict[str, Any]:
    return run_report(results.recording, results.summary, results.comparisons, results.advice)


def _print_tables(results: RunResults, is_stdout_taken: bool) -> None:
    if not results.recording.step_count:
        return
    file = sys.stderr if is_stdout_taken else sys.stdout
    with printing():
        print_results(results.recording, results.summary, file)
        for comparison in results.comparisons:
            print_comparison(comparison, file)
        print_advice(results.advice, results.looked_at, file)


def _write_trace(recording: Recording, path: Path, quiet: bool) -> None:
    from engine.recording.chrome_writer import write_chrome_trace

    if recording.window_count == 0:
        is_none_wanted = recording.experiment.plan.budget_percent == 0
        why = "the budget is 0 %" if is_none_wanted else "the run ended too early"
        say(f"There is no profile window to write to {path}: {why}.")
        return
    write_chrome_trace(path, recording, attribute=attribute)
    if not quiet:
        say(f"Wrote {path}")


def _end_recording(recording: Recording, path: Path, quiet: bool) -> None:
    problem = recording.storage_problem
    recording.close()
    if problem is not None:
        hint = "Free some space on that disk and run again. What the file does hold can be opened."
        raise ProblemError(f"The recording is not whole. {problem.what}", str(path), hint)
    if not path.is_file():
        raise ProblemError("The recording was deleted during the run.", str(path), "Run again.")
    if not quiet:
        say(f"Wrote {path}")
