from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.check_report import checks_report
from engine.trace.check_result import CheckReport, CheckResult
from engine.wire.problem import Problem

FOUND = CheckResult(
    name="n", title="t", group="speed", severity="advice", status="pass", why="Why.", mend="Mend."
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    outcome: str
    report: CheckReport
    problem: Problem | None = None


def test_that_a_model_that_can_not_be_built_says_so_beside_one_that_was_checked() -> None:
    problem = Problem("It fails.", where="a.py:3", hint="Mend it.")
    built = Ended(outcome="completed", report=CheckReport(model="good", results=(FOUND,)))
    unbuilt = Ended(outcome="failed", report=CheckReport(model="bad", results=()), problem=problem)

    good, bad = checks_report([built, unbuilt])["models"]

    assert (good["model"], good["outcome"], good["error"]) == ("good", "completed", None)
    assert [result["name"] for result in good["results"]] == ["n"]
    assert (bad["model"], bad["outcome"], bad["results"]) == ("bad", "failed", ())
    assert bad["error"]["what"] == "It fails."
