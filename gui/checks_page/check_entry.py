"""CheckEntry: one row of the tree of checks, and how rows are made of what was found."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.analysis.advice.results import Advice
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckResult, Severity
from engine.wire.problem import Problem
from gui.checks_page.variant_checks import VariantChecks

Kind = Literal["advices", "advice", "variant", "problem", "group", "check"]
Status = Literal["pass", "unavailable", "pending", "running", Severity]
Filter = Literal["all", "failed", "unavailable"]
FAILED: frozenset[Status] = frozenset(("error", "warning", "advice"))


@dataclass(frozen=True, kw_only=True)
class AdviceGiven:
    """All advice on a run. ``looked_at``: on what it could be given; ``reason``: why there is none."""

    advice: tuple[Advice, ...] = ()
    looked_at: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class CheckEntry:
    """One row. ``key`` stays the same while results arrive; ``text`` is its name, untranslated.

    ``variant``: the variant's name. Which of the others are set depends on the kind.
    """

    kind: Kind
    key: Hashable
    text: str
    status: Status
    variant: str = ""
    checks: VariantChecks | None = None
    result: CheckResult | CheckDescription | None = None
    advice: Advice | None = None
    given: AdviceGiven | None = None
    problem: Problem | None = None
    children: tuple[CheckEntry, ...] = ()


def check_entries(
    variants: Sequence[VariantChecks], advice: AdviceGiven | None = None, shown: Filter = "all"
) -> tuple[CheckEntry, ...]:
    """Return the rows: advice first, then each variant with its groups and their checks.

    ``shown`` leaves out checks of another status; a variant stays, so that it can be seen to have none.
    """
    rows = [_variant_entry(variant, shown) for variant in variants]
    if advice is not None and (shown == "all" or (advice.advice and shown == "failed")):
        rows.insert(0, _advices_entry(advice))
    return tuple(rows)


def status_of(result: CheckResult) -> Status:
    """Return a result's status; that of a fail is its severity."""
    return result.severity if result.status == "fail" else result.status


def worst(entries: Sequence[CheckEntry]) -> Status:
    """Return the gravest status among rows."""
    # Unavailable comes last: one check that can't be made here doesn't take the others' passing away.
    order: tuple[Status, ...] = ("error", "warning", "running", "pending", "advice", "pass", "unavailable")
    found = {entry.status for entry in entries}
    return next((status for status in order if status in found), "pass")


def _advices_entry(given: AdviceGiven) -> CheckEntry:
    rows = tuple(
        CheckEntry(
            kind="advice",
            key=("advice", one.variant, one.title, one.layer),
            text=one.title,
            status="advice",
            variant=one.variant,
            advice=one,
        )
        for one in given.advice
    )
    status: Status = "advice" if rows else "unavailable" if given.reason else "pass"
    return CheckEntry(kind="advices", key="advice", text="", status=status, given=given, children=rows)


def _variant_entry(variant: VariantChecks, shown: Filter) -> CheckEntry:
    rows = _rows(variant)
    status = worst(rows) if rows else "pending"
    if variant.problem is not None:
        status = "error"
    groups = tuple(_group_entries(variant, [row for row in rows if _is_shown(row, shown)]))
    return CheckEntry(
        kind="variant",
        key=variant.number,
        text=variant.name,
        status=status,
        variant=variant.name,
        checks=variant,
        children=(*_problem_entries(variant, shown), *groups),
    )


def _problem_entries(variant: VariantChecks, shown: Filter) -> tuple[CheckEntry, ...]:
    problem = variant.problem
    if problem is None or shown == "unavailable":
        return ()
    key = (variant.number, "problem")
    return (
        CheckEntry(
            kind="problem", key=key, text=problem.what, status="error", variant=variant.name, problem=problem
        ),
    )


def _rows(variant: VariantChecks) -> list[CheckEntry]:
    made: list[tuple[CheckResult | CheckDescription, Status]] = [
        (result, status_of(result)) for result in variant.results
    ]
    left = variant.checks[len(made) :]
    is_going_on = variant.stage == "checking"
    made += [
        (check, "running" if is_going_on and not place else "pending") for place, check in enumerate(left)
    ]
    return [
        CheckEntry(
            kind="check",
            key=(variant.number, check.name),
            text=check.title,
            status=status,
            variant=variant.name,
            result=check,
        )
        for check, status in made
    ]


def _group_entries(variant: VariantChecks, rows: Sequence[CheckEntry]) -> list[CheckEntry]:
    groups: dict[str, list[CheckEntry]] = {}
    for row in rows:
        assert row.result is not None
        groups.setdefault(row.result.group, []).append(row)
    return [
        CheckEntry(
            kind="group",
            key=(variant.number, "group", name),
            text=name,
            status=worst(own),
            variant=variant.name,
            children=tuple(own),
        )
        for name, own in groups.items()
    ]


def _is_shown(row: CheckEntry, shown: Filter) -> bool:
    if shown == "all":
        return True
    return row.status in FAILED if shown == "failed" else row.status == "unavailable"
