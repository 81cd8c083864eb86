"""What the rows of the tree of checks say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication

from engine.analysis.units import format_share, format_us
from engine.trace.check_result import CheckResult
from gui.checks_page.check_entry import FAILED, CheckEntry, Status, status_of
from gui.checks_page.variant_checks import VariantChecks


def tr(text: str) -> str:
    """Return a text in the window's language."""
    return QCoreApplication.translate("Checks", text)


def group_name(group: str) -> str:
    """Return a group's name as a heading."""
    names = {
        "parameters": tr("Parameters"),
        "behaviour": tr("Behaviour"),
        "gradients": tr("Gradients"),
        "precision": tr("Precision"),
        "speed": tr("Speed"),
        "saving": tr("Saving"),
    }
    return names.get(group, group)


def status_word(status: Status) -> str:
    """Return a status in a word; of a fail, how grave it is."""
    words: dict[Status, str] = {
        "pass": tr("Passed"),
        "unavailable": tr("Unavailable"),
        "pending": tr("Not made yet"),
        "running": tr("Checking…"),
        "error": tr("Failed: error"),
        "warning": tr("Failed: warning"),
        "advice": tr("Advice"),
    }
    return words[status]


def name_text(entry: CheckEntry) -> str:
    """Return a row's name."""
    match entry.kind:
        case "advices":
            return tr("Advice from the last run")
        case "group":
            return group_name(entry.text)
        case "advice" if entry.advice is not None:
            # In front: what it saves is what it is ordered by, and must not be what is cut off.
            at_most = "≤ " if entry.advice.is_at_most else ""
            return f"{at_most}{format_us(entry.advice.saves_us)}: {entry.text}"
        case _:
            return entry.text


def note_text(entry: CheckEntry) -> str:
    """Return what stands at the end of a row. A check's title names the fault, which is found or not."""
    match entry.kind:
        case "advice" if entry.advice is not None:
            return format_share(entry.advice.saves_share)
        case "advices" if not entry.children:
            return tr("Unavailable") if entry.status == "unavailable" else tr("nothing worth a change")
        case "variant" if entry.checks is not None:
            return variant_note(entry.checks)
        case "group":
            return group_note(entry.children)
        case "check" if isinstance(entry.result, CheckResult) and entry.status in FAILED:
            count = len(entry.result.findings)
            return tr("1 finding") if count == 1 else tr("{0} findings").format(count)
        case "check" if entry.status == "pass":
            return tr("not found")
        case "check":
            return status_word(entry.status)
    return ""


def variant_note(checks: VariantChecks) -> str:
    """Return how far a variant's checks are, or what they came to."""
    if checks.stage == "waiting":
        return tr("Waiting")
    if checks.stage == "building":
        return tr("Building…")
    if checks.problem is not None and not checks.results:
        return tr("Can't be checked")
    return counts_text(checks.results)


def group_note(rows: Sequence[CheckEntry]) -> str:
    """Return how many of a group's checks came to what."""
    made = [row.result for row in rows if isinstance(row.result, CheckResult)]
    return counts_text(made)


def counts_text(results: Sequence[CheckResult]) -> str:
    """Return ``3 failed · 1 advice · 24 passed · 4 unavailable``, without what there is none of."""
    counts = Counter(status_of(result) for result in results)
    failed = counts["error"] + counts["warning"]
    parts = (
        (failed, tr("{0} failed")),
        (counts["advice"], tr("{0} advice")),
        (counts["pass"], tr("{0} passed")),
        (counts["unavailable"], tr("{0} unavailable")),
    )
    return " · ".join(text.format(count) for count, text in parts if count)
