"""What ``check`` prints."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from engine.command_line.check_lines import print_checks, summary_line
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckReport, Finding

LONG = "It is far too long for a line of a terminal and has to go on below, in whole words alone. " * 2


def described(name: str, group: str, severity: str = "error") -> CheckDescription:
    return CheckDescription(
        name=name,
        title=f"The {name}",
        group=group,  # type: ignore[arg-type]
        severity=severity,  # type: ignore[arg-type]
        why=LONG,
        mend="Mend it.",
    )


FAILED = described("fault", "parameters").result(
    status="fail",
    findings=tuple(
        Finding(
            what=LONG, layer="a.b", parameter=f"weight_{number}", op="aten::item", file="x.py", line=number
        )
        for number in range(1, 8)
    ),
)
ADVICE = described("hint", "speed", "advice").result(
    status="fail", findings=(Finding(what="Slow.", saves_us=12.5, saves_basis="Measured."),)
)
PASSED = described("thing", "speed").result(status="pass")
AWAY = described("rest", "speed").result(status="unavailable", reason="Needs CUDA.")
REPORT = CheckReport(model="mine", results=(FAILED, ADVICE, PASSED, AWAY))


def printed(report: CheckReport) -> str:
    file = io.StringIO()
    print_checks(report, file)
    return file.getvalue()


def test_that_a_fail_shows_evidence_reason_and_remedy() -> None:
    text = printed(REPORT)
    for part in ("✗ The fault (error)", "a.b.weight_1, aten::item, x.py:1:", "Why: It is", "Mend: Mend it."):
        assert part in text
    assert "… and 2 more" in text


def test_that_what_is_sound_or_unavailable_takes_a_line_or_two() -> None:
    lines = [line.strip() for line in printed(REPORT).splitlines()]
    assert "✓ The thing: not found" in lines
    assert lines[lines.index("– The rest") + 1] == "Needs CUDA."


def test_that_advice_says_what_it_saves_and_how_that_is_known() -> None:
    assert "Slow. Saves 12.5 µs a step (Measured.)" in " ".join(printed(REPORT).split())


def test_that_checks_stand_under_their_groups() -> None:
    lines = printed(REPORT).splitlines()
    assert lines[0] == "mine"
    assert [line for line in lines if line.startswith("  ") and not line.startswith("   ")] == [
        "  Parameters",
        "  Speed",
    ]


def test_that_no_line_is_wider_than_80_columns_or_coloured_in_a_pipe() -> None:
    text = printed(REPORT)
    assert max(map(len, text.splitlines())) <= 80
    assert "\x1b" not in text


def test_that_the_summary_counts_advice_apart_from_faults() -> None:
    assert summary_line(REPORT) == "1 failed · 1 advice · 1 passed · 1 unavailable"


def test_that_a_model_without_results_prints_nothing() -> None:
    assert printed(CheckReport(model="mine", results=())) == ""


def test_that_a_file_below_the_working_directory_is_named_from_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    finding = Finding(what="Here.", file=str(tmp_path / "layers.py"), line=3)
    report = CheckReport(
        model="mine", results=(described("fault", "speed").result(status="fail", findings=(finding,)),)
    )
    assert "• layers.py:3: Here." in printed(report)
