"""``summary``: a trace that torch.profiler wrote anywhere, in small."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.analysis.breakdown_report import breakdown_report
from engine.analysis.results import KernelRow
from engine.analysis.trace_summary import TraceSummary, summarize_trace
from engine.analysis.units import format_us
from engine.command_line.breakdown_table import print_breakdowns
from engine.command_line.exit_code import ExitCode
from engine.command_line.messages import say
from engine.command_line.result_tables import print_kernels
from engine.trace.chrome_reader import read_chrome_trace

_MOST_ROWS = 20
_NO_DEVICE = "nothing ran on a device in this trace"


def summary_command(path: Path, as_json: bool) -> int:
    """Print a trace's summary; return the exit code. Raises `ProblemError` if it is no trace."""
    trace = read_chrome_trace(path)
    for sentence in trace.damage:
        say(f"Warning: {sentence}")
    summary = summarize_trace(trace.table)
    if as_json:
        described = {**_described(summary), "left_out": dict(trace.left_out), "damage": list(trace.damage)}
        print(json.dumps(described, indent=2, ensure_ascii=False, allow_nan=False))
    else:
        _print_summary(path, summary)
    return ExitCode.COMPLETED


def _described(summary: TraceSummary) -> dict[str, Any]:
    described: dict[str, Any] = {"schema": 1, **asdict(summary)}
    described["breakdown"] = breakdown_report(summary.breakdown)
    if described["breakdown"] is None:
        described["breakdown_unavailable"] = "the trace holds no events"
    for name in ("span_us", "busy_us", "idle_us"):
        if described[name] is None:
            described[f"{name}_unavailable"] = _NO_DEVICE
    if described["attributed_share"] is None:
        described["attributed_share_unavailable"] = "the trace names no layers"
    complete = described["completeness"]
    reason = complete.pop("reason")
    for name in [name for name, value in complete.items() if value is None]:
        complete[f"{name}_unavailable"] = reason
    return described


def _print_summary(path: Path, summary: TraceSummary) -> None:
    found = summary.completeness
    print(f"{path.name}: {found.events:,} events, {summary.steps} steps")
    if summary.span_us is None:
        print(f"Device: {_NO_DEVICE}.")
    else:
        span, busy, idle = map(format_us, (summary.span_us, summary.busy_us, summary.idle_us))
        print(f"Device: {span} from first to last event = {busy} busy + {idle} idle")
    if found.launches is None:
        print(f"Completeness: {found.reason}")
    else:
        print(
            f"Completeness: {found.launches:,} launches, {found.launches_matched:,} of them with a kernel; "
            f"{found.kernels:,} kernels, {found.kernels_matched:,} of them with a launch"
        )
    print()
    print_breakdowns([(path.name, summary.breakdown)] if summary.breakdown else [], sys.stdout)
    _print_rows("Kernels, copies and fills", summary.kernels)
    _print_rows("Operators, self time on the CPU", summary.operators)


def _print_rows(title: str, rows: Sequence[KernelRow]) -> None:
    if rows:
        shown = rows[:_MOST_ROWS]
        print_kernels(f"{title} ({len(shown)} of {len(rows)})", shown, sys.stdout)
