from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.command_line.output_files import STDOUT
from engine.command_line.report_file import write_report

REPORT = {"sweep": {"points": [{"max_abs_error": float("inf"), "ratio": 1.5}, {"spread": (float("nan"),)}]}}


def no_constant(text: str) -> None:
    pytest.fail(f"{text} is no JSON")


def test_that_a_report_holds_no_number_that_json_can_not(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    write_report(path, REPORT, quiet=True)
    found = json.loads(path.read_text(), parse_constant=no_constant)
    assert found["sweep"]["points"] == [
        {
            "max_abs_error": None,
            "max_abs_error_unavailable": "it is not a finite number: inf",
            "ratio": 1.5,
        },
        {"spread": [None]},
    ]


def test_that_a_report_on_stdout_is_as_strict(capsys: pytest.CaptureFixture[str]) -> None:
    write_report(STDOUT, REPORT, quiet=True)
    found = json.loads(capsys.readouterr().out, parse_constant=no_constant)
    assert found["sweep"]["points"][0]["max_abs_error"] is None
