"""A trace's summary as tables."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TextIO

from engine.analysis.results import KernelRow, VariantSummary
from engine.analysis.trace_report import NO_DEVICE_IN_TRACE
from engine.analysis.trace_summary import TraceSummary
from engine.analysis.units import format_us
from engine.command_line.breakdown_table import print_breakdowns
from engine.command_line.completeness_lines import print_completeness
from engine.command_line.result_tables import print_kernels, print_layers
from engine.command_line.standard_streams import printing

_MOST_ROWS = 20


def print_trace(
    name: str, summary: TraceSummary, variants: Sequence[VariantSummary], is_stdout_taken: bool
) -> None:
    """Print what a trace holds, on stderr if its report goes to stdout."""
    file = sys.stderr if is_stdout_taken else sys.stdout
    with printing():
        _print_head(name, summary, file)
        print_breakdowns([(name, summary.breakdown)] if summary.breakdown else [], file, summary.steps > 0)
        for variant in variants:
            if variant.profiled_steps:
                print_layers(variant, file)
        _print_rows("Kernels, copies and fills", summary.kernels, file)
        _print_rows("Operators, self time on the CPU", summary.operators, file)


def _print_head(name: str, summary: TraceSummary, file: TextIO) -> None:
    print(f"{name}: {summary.completeness.events:,} events, {_steps(summary.steps)}", file=file)
    if summary.completeness.hides_device:
        print("Device: not known, for the reason below", file=file)
    elif summary.span_us is None:
        print(f"Device: {NO_DEVICE_IN_TRACE}", file=file)
    else:
        span, busy, idle = map(format_us, (summary.span_us, summary.busy_us, summary.idle_us))
        print(f"Device: {span} from first to last event = {busy} busy + {idle} idle", file=file)
    print_completeness(summary.completeness, file, "Profile")
    print(file=file)


def _steps(count: int) -> str:
    if count == 0:
        return "no step marked"
    return "1 step" if count == 1 else f"{count:,} steps"


def _print_rows(title: str, rows: Sequence[KernelRow], file: TextIO) -> None:
    if rows:
        shown = rows[:_MOST_ROWS]
        print_kernels(f"{title} ({len(shown)} of {len(rows)})", shown, file)
