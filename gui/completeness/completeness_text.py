"""The words of a `CompletenessLine`, as rich text."""

from __future__ import annotations

import html
from collections.abc import Sequence
from functools import reduce

from PySide6.QtCore import QCoreApplication

from engine.analysis.completeness import joined
from engine.analysis.loss import HIDING, LOWERING, Loss
from engine.analysis.results import RunSummary
from engine.analysis.units import format_count

# A loss, and the variant it is of; no name if there is only one.
ToldLoss = tuple[str, Loss]


def told_losses(summary: RunSummary | None) -> tuple[ToldLoss, ...]:
    """Return what is missing in each variant."""
    variants = summary.variants if summary else ()
    return tuple(
        (variant.name if len(variants) > 1 else "", loss)
        for variant in variants
        if variant.completeness is not None
        for loss in variant.completeness.losses
    )


def complete_text(summary: RunSummary | None) -> str:
    """Say that nothing is missing, and what was counted to know it; empty if nothing was yet."""
    found = [v.completeness for v in summary.variants if v.completeness is not None] if summary else []
    if not found:
        return ""
    whole = reduce(joined, found)
    events = format_count(whole.events)
    if whole.launches is None or whole.launches_matched is None:
        return _tr("Complete: {0} events, none dropped").format(events)
    counts = format_count(whole.launches_matched), format_count(whole.launches)
    return _tr("Complete: {0} of {1} launches left their kernels, {2} events").format(*counts, events)


def headline_text(losses: Sequence[ToldLoss]) -> str:
    """Return what is missing first, and how much more there is to tell."""
    name, loss = losses[0]
    parts = [f"<b>{html.escape(_of_variant(name, loss.what))}</b>"]
    if any(loss.kind in LOWERING for _, loss in losses):
        parts.append(_tr("Sums are at least what is shown."))
    if any(loss.kind in HIDING for _, loss in losses):
        parts.append(_tr("Times are the CPU's."))
    if len(losses) > 1:
        parts.append(_tr("And {0} more.").format(len(losses) - 1))
    return " ".join(parts)


def details_text(losses: Sequence[ToldLoss], muted: str) -> str:
    """Return each loss in full: what, why, and in a muted colour what to do."""
    # The headline has said already what the only one is.
    is_only = len(losses) == 1
    return "".join(
        f"<p>{'' if is_only else f'<b>{html.escape(_of_variant(name, loss.what))}</b> '}"
        f'{html.escape(loss.why)} <span style="color:{muted}">{html.escape(loss.advice)}</span></p>'
        for name, loss in losses
    )


def _of_variant(name: str, sentence: str) -> str:
    return f"{name}: {sentence}" if name else sentence


def _tr(text: str) -> str:
    return QCoreApplication.translate("CompletenessLine", text)
