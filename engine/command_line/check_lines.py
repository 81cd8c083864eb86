"""What checks found, in lines for a person."""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from engine.analysis.units import format_us
from engine.trace.check_result import CheckReport, CheckResult, CheckStatus, Finding

_MARKS: dict[CheckStatus, str] = {"pass": "✓", "fail": "✗", "unavailable": "–"}
_STYLES: dict[CheckStatus, str] = {"pass": "green", "fail": "bold red", "unavailable": "dim"}
_WIDTH = 80
# Of more evidence of one kind, the rest is in the JSON.
_MOST_FINDINGS = 5


def print_checks(report: CheckReport, file: TextIO) -> None:
    """Print each check under its group, with the evidence and the remedy of those that failed."""
    from rich.console import Console
    from rich.text import Text

    console = Console(file=file, highlight=False, width=None if file.isatty() else _WIDTH)
    for line, style in _lines(report, min(console.width, 100)):
        console.print(Text(line, style=style), soft_wrap=True)


def _lines(report: CheckReport, width: int) -> Iterator[tuple[str, str]]:
    if not report.results:
        return
    yield report.model, "bold"
    for group in dict.fromkeys(result.group for result in report.results):
        yield f"  {group.capitalize()}", ""
        for result in report.results:
            if result.group == group:
                yield from _result_lines(result, width)
    yield summary_line(report), "bold"
    yield "", ""


def summary_line(report: CheckReport) -> str:
    """Return the counts in a line: ``2 failed · 1 advice · 24 passed · 4 unavailable``."""
    counts = Counter(_kind(result) for result in report.results)
    names = ("failed", "advice", "passed", "unavailable")
    return " · ".join(f"{counts[name]} {name}" for name in names if counts[name])


def _kind(result: CheckResult) -> str:
    if result.status == "fail":
        return "advice" if result.severity == "advice" else "failed"
    return "passed" if result.status == "pass" else "unavailable"


def _result_lines(result: CheckResult, width: int) -> Iterator[tuple[str, str]]:
    # Titles name the fault.
    note = {"fail": f" ({result.severity})", "pass": ": not found", "unavailable": ""}[result.status]
    yield from _wrapped(f"{_MARKS[result.status]} {result.title}{note}", 4, width, _STYLES[result.status], 2)
    if result.status == "unavailable":
        yield from _wrapped(result.reason, 6, width, "dim")
    if result.status != "fail":
        return
    for finding in result.findings[:_MOST_FINDINGS]:
        yield from _wrapped(f"• {_told(finding)}", 6, width, "", 2)
    if (left := len(result.findings) - _MOST_FINDINGS) > 0:
        yield f"      … and {left} more", "dim"
    yield from _wrapped(f"Why: {result.why}", 6, width, "")
    yield from _wrapped(f"Mend: {result.mend}", 6, width, "")


def _told(finding: Finding) -> str:
    places = [finding.place, finding.op, _line_of(finding)]
    place = ", ".join(place for place in places if place)
    saves = "" if finding.saves_us is None else f" Saves {format_us(finding.saves_us)} a step"
    basis = f" ({finding.saves_basis})." if saves and finding.saves_basis else "." if saves else ""
    return f"{f'{place}: ' if place else ''}{finding.what}{saves}{basis}"


def _line_of(finding: Finding) -> str:
    if not finding.file:
        return ""
    path, here = Path(finding.file), Path.cwd()
    shown = path.relative_to(here) if path.is_absolute() and path.is_relative_to(here) else path
    return f"{shown}:{finding.line}" if finding.line else str(shown)


def _wrapped(text: str, indent: int, width: int, style: str, hang: int = 0) -> Iterator[tuple[str, str]]:
    first, rest = " " * indent, " " * (indent + hang)
    # Whole words only: a path or a name that is cut in two can't be copied.
    lines = textwrap.wrap(
        text,
        width,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
    for line in lines:
        yield line, style
