"""A report on its way out: to a file, whole or not at all, or to stdout."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from engine.analysis.run_report import with_finite_numbers
from engine.command_line.messages import say
from engine.command_line.output_files import STDOUT
from engine.command_line.standard_streams import printing
from engine.experiment.disk import write_json


def write_report(path: Path, report: dict[str, Any], quiet: bool) -> None:
    """Write a report as JSON, numbers that JSON can't hold as null. Raises `ProblemError` if it can't be."""
    report = with_finite_numbers(report)
    if path == STDOUT:
        with printing():
            json.dump(report, sys.stdout, indent=2, allow_nan=False)
            print()
        return
    write_json(path, report, "report")
    if not quiet:
        say(f"Wrote {path}")
