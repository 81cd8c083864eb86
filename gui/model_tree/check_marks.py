"""Which nodes of a model tree have layers that a check found fault with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.naming import Position, nearest_position, qualified_paths
from engine.trace.check_result import CheckReport, CheckResult


class CheckedModels(Protocol):
    """What the tree needs of a `gui.checks_page.check_session.CheckSession`."""

    @property
    def checked(self) -> Experiment | None: ...
    @property
    def reports(self) -> tuple[CheckReport, ...]: ...


def check_marks(checks: CheckedModels | None, variant: Variant) -> dict[Position, tuple[str, ...]]:
    """Return the titles of failed checks by the node at fault, () for the variant as a whole.

    Advice marks nothing. A variant that is no longer the one that was checked has no marks.
    """
    if checks is None or checks.checked is None or variant not in checks.checked.variants:
        return {}
    report = next((report for report in checks.reports if report.model == variant.name), None)
    return _marks(report.results, variant) if report is not None else {}


def _marks(results: Sequence[CheckResult], variant: Variant) -> dict[Position, tuple[str, ...]]:
    known = qualified_paths(variant)
    marks: dict[Position, dict[str, None]] = {}
    for result in results:
        if result.status != "fail" or result.severity == "advice":
            continue
        for finding in result.findings:
            position = nearest_position(finding.layer or finding.place, known) or ()
            marks.setdefault(position, {})[result.title] = None
    return {position: tuple(titles) for position, titles in marks.items()}
