"""What a check of the layer found to cost time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.analysis.advice.case import Case
from engine.analysis.advice.results import Advice
from engine.trace.check_result import CheckReport, CheckResult, Finding


def mend_findings(cases: Sequence[Case], report: CheckReport | None) -> Iterator[Advice]:
    """Yield a check's costliest finding for each failed check that says what mending it saves."""
    case = next((case for case in cases if report is not None and case.summary.name == report.model), None)
    if case is None or report is None:
        return
    for result in report.results:
        findings = [finding for finding in result.findings if finding.saves_us]
        if result.status == "fail" and findings:
            yield _advice(case, result, findings)


def _advice(case: Case, result: CheckResult, findings: Sequence[Finding]) -> Advice:
    findings = sorted(findings, key=lambda finding: -(finding.saves_us or 0.0))
    first = findings[0]
    return case.advice(
        title=result.title,
        text=result.why,
        layer=first.layer,
        saves_us=sum(finding.saves_us or 0.0 for finding in findings),
        of_us=case.step_us,
        kind="estimated",
        is_at_most=False,
        basis=first.saves_basis or "As the check estimated it.",
        evidence=tuple(finding.what for finding in findings[:3]),
        what_to_do=result.mend,
    )
