"""``summary``: a trace that torch.profiler wrote anywhere, in small."""

from __future__ import annotations

import sys
from functools import reduce
from pathlib import Path

from engine.analysis.advice.advise import advise, looked_at
from engine.analysis.completeness import Completeness, joined
from engine.analysis.profile_completeness import trace_completeness
from engine.analysis.results import RunSummary
from engine.analysis.trace_report import trace_report
from engine.analysis.trace_summary import summarize_trace
from engine.analysis.whole_run import summarize
from engine.command_line.advice_lines import print_advice
from engine.command_line.exit_code import ExitCode
from engine.command_line.output_files import STDOUT, check_not_read, check_writable
from engine.command_line.report_file import write_report
from engine.command_line.standard_streams import printing
from engine.command_line.trace_tables import print_trace
from engine.recording.opened_trace import recording_of_trace
from engine.recording.recording import Recording
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.chrome_trace import ChromeTrace
from engine.trace.module_ranges import with_module_ranges


def summary_command(path: Path, out: Path | None) -> int:
    """Print a trace's summary and write it to ``out``, if any; return the exit code.

    Raises `ProblemError` if the file is no trace, or the summary can't be written.
    """
    if out is not None and out != STDOUT:
        check_writable(out)
        check_not_read([out], [path])
    trace = read_chrome_trace(path)
    # What the window shows of this file, so that both say the same.
    recording = recording_of_trace(trace)
    run = summarize(recording)
    modules = with_module_ranges(trace.table)
    summary = summarize_trace(modules.table, _completeness(trace, recording, run))
    variants = run.variants if modules.table.layers else ()
    advice = advise(recording, run)
    is_stdout_taken = out == STDOUT
    print_trace(path.name, summary, variants, is_stdout_taken)
    with printing():
        file = sys.stderr if is_stdout_taken else sys.stdout
        print_advice(advice, looked_at(recording, run), file, recording.step_count > 0)
    if out is not None:
        write_report(out, trace_report(trace, summary, variants, advice), quiet=False)
    return ExitCode.COMPLETED


def _completeness(trace: ChromeTrace, recording: Recording, run: RunSummary) -> Completeness:
    """Return how complete the file is: of an exported run, what its worker said of each window as well."""
    windows = [variant.completeness for variant in run.variants if variant.completeness is not None]
    heads = (recording.window_head(index) for index in range(recording.window_count))
    if windows and any(head.profiler is not None and head.profiler.records is not None for head in heads):
        return reduce(joined, windows)
    return trace_completeness(trace, recording.models[0].device)
