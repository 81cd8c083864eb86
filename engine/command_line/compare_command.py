"""``compare``: two recordings or traces against each other."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.comparison_report import comparison_report
from engine.analysis.comparison.pairing import Pairing, pair_sides
from engine.analysis.comparison.results import Comparison
from engine.analysis.comparison.run_comparisons import sides_of
from engine.analysis.comparison.side import Side
from engine.analysis.whole_run import summarize
from engine.command_line.comparison_tables import print_comparison
from engine.command_line.exit_code import ExitCode
from engine.command_line.gates import requested_gates
from engine.command_line.messages import say
from engine.command_line.output_files import STDOUT, check_not_read, check_writable
from engine.command_line.report_file import write_report
from engine.command_line.standard_streams import printing
from engine.recording.opened_file import open_file
from engine.wire.problem import ProblemError

SCHEMA = 1
_MOST_PARTS = 20


def compare_command(arguments: Namespace) -> int:
    """Print what changed from A to B and write it if asked to; return the exit code.

    Raises `ProblemError` if a file is neither a recording nor a trace, or it can't be told what to compare.
    """
    out, gates = arguments.json, requested_gates(arguments)
    paths = (arguments.baseline, arguments.candidate)
    if out is not None and out != STDOUT:
        check_writable(out)
        check_not_read([out], paths)
    pairing = _pairing(arguments, paths)
    comparisons = tuple(compare_sides(pair.baseline, pair.variant) for pair in pairing.pairs)
    _print(pairing, comparisons, is_stdout_taken=out == STDOUT)
    if out is not None:
        report = {"schema": SCHEMA, "comparisons": [comparison_report(each) for each in comparisons]}
        write_report(out, report, quiet=False)
    failures = gates.failures(comparisons) if gates.is_any else []
    for failure in failures:
        say(f"Failed: {failure}")
    return ExitCode.FAILED_CONDITION if failures else ExitCode.COMPLETED


def _pairing(arguments: Namespace, paths: tuple[Path, Path]) -> Pairing:
    labels = _labels(paths)
    sides = [_sides(path) for path in paths]
    try:
        return pair_sides(sides[0], sides[1], labels, arguments.variant_a, arguments.variant_b)
    except ProblemError as error:
        problem = error.problem
        hint = f"{problem.hint} Name them with --variant-a and --variant-b."
        raise ProblemError(problem.what, problem.where, hint) from None


def _sides(path: Path) -> Sequence[Side]:
    recording = open_file(path)
    for damage in recording.damage:
        say(f"Warning: {path}: {damage}")
    return sides_of(recording, summarize(recording))


def _labels(paths: tuple[Path, Path]) -> tuple[str, str]:
    """Return what to call the two files: the shortest of stem, name and path that tells them apart."""
    first, second = paths
    for name in (_stem, attrgetter("name"), str):
        if name(first) != name(second):
            return name(first), name(second)
    return f"A: {first}", f"B: {second}"


def _stem(path: Path) -> str:
    return path.name.partition(".")[0] or path.name


def _print(pairing: Pairing, comparisons: Sequence[Comparison], is_stdout_taken: bool) -> None:
    file = sys.stderr if is_stdout_taken else sys.stdout
    with printing():
        for comparison in comparisons:
            print_comparison(comparison, file, _MOST_PARTS)
        for letter, names in (("A", pairing.baseline_left_out), ("B", pairing.variant_left_out)):
            if names:
                print(f"Only in {letter}, so not compared: {', '.join(names)}.", file=file)
