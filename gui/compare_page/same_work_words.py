"""Whether two variants do the same work, in the person's language."""

from __future__ import annotations

from dataclasses import dataclass

from engine.trace.same_work import SameWork, TensorComparison
from gui.compare_page.verdict_words import tr

# How the worker begins such a reason.
_PREFIX = "Not comparable:"


@dataclass(frozen=True)
class BadgeWords:
    """``role`` is a field of `Theme`."""

    text: str
    icon: str
    role: str


def badge_words(same: SameWork | None) -> BadgeWords:
    """Return what a card says of the work; None is a run that did not look."""
    if same is None:
        return BadgeWords(tr("Same work: not checked"), "info", "muted")
    if same.outputs_equal is False:
        return _differ(tr("Outputs differ"), same, is_output=True)
    if same.gradients_equal is False:
        return _differ(tr("Gradients differ"), same, is_output=False)
    if same.outputs_equal and same.gradients_equal:
        return BadgeWords(tr("Same output and gradients"), "circle-check", "success")
    if same.outputs_equal:
        return BadgeWords(tr("Same output"), "circle-check", "success")
    return BadgeWords(_not_comparable(same.reason), "info", "muted")


def error_text(error: float | None) -> str:
    """Return an error in three digits: ``0.31``, ``1.2e-06``; "—" if unavailable."""
    if error is None:
        return "—"
    return "0" if error == 0 else f"{error:.2g}"


def _differ(what: str, same: SameWork, is_output: bool) -> BadgeWords:
    unequal = [one for one in same.tensors if one.is_equal is False and (one.role == "output") is is_output]
    worst = max(unequal, key=_error, default=None)
    if worst is None or worst.max_abs_error is None:
        reason = worst.reason if worst is not None else same.reason
        return BadgeWords(f"{what}: {reason}" if reason else what, "circle-alert", "error")
    text = tr("{0}: up to {1}").format(what, error_text(worst.max_abs_error))
    return BadgeWords(text, "circle-alert", "error")


def _error(tensor: TensorComparison) -> float:
    return -1.0 if tensor.max_abs_error is None else tensor.max_abs_error


def _not_comparable(reason: str) -> str:
    told = reason.removeprefix(_PREFIX).strip()
    return tr("Not comparable: {0}").format(told) if told else tr("Not comparable")
