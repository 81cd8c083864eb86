"""The columns of the table of what makes the difference."""

from __future__ import annotations

from collections.abc import Callable

from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.units import UNAVAILABLE, format_count
from gui.compare_page.part_entry import PartEntry
from gui.compare_page.verdict_words import plain_us, signed_us, tr
from gui.tables.column import Column

PartColumn = Column[PartEntry]

_LONGEST_TIP = 500


def part_columns() -> tuple[PartColumn, ...]:
    """Return all columns in their first order; times and counts are per step."""
    return (
        Column(
            title=tr("Part"),
            name="part",
            value=lambda e: e.name,
            text=lambda e: _short_name(e.name),
            cell_tip=lambda e: " ".join(e.name.split())[:_LONGEST_TIP],
            is_number=False,
            width=190,
        ),
        Column(
            title=tr("What"),
            name="kind",
            value=lambda e: e.kind,
            text=lambda e: e.kind,
            is_number=False,
            width=88,
            tip=tr("What the variant does with this part, seen from the baseline"),
        ),
        _time(tr("Baseline"), "baseline_us", lambda e: e.baseline_us),
        _time(tr("Variant"), "variant_us", lambda e: e.variant_us),
        Column(
            title=tr("Difference"),
            name="delta_us",
            value=lambda e: e.delta_us,
            text=lambda e: signed_us(e.delta_us),
            width=90,
            tip=tr("Per step; + makes the variant slower"),
        ),
        Column(
            title=tr("Of all"),
            name="share_of_difference",
            value=lambda e: e.share,
            text=lambda e: signed_share(e.share),
            share=lambda e: None if e.is_sum or e.share is None or e.share < 0.0005 else e.share,
            width=76,
            tip=tr("Share of the measured difference; − works against it"),
        ),
        _count(tr("Calls, baseline"), "baseline_count", lambda e: e.baseline_count),
        _count(tr("Calls, variant"), "variant_count", lambda e: e.variant_count),
        Column(
            title=tr("Known how"),
            name="basis",
            value=lambda e: e.basis,
            text=lambda e: e.basis,
            is_number=False,
            is_shown=False,
            tip=tr("Measured in profile windows, estimated, or derived from other numbers"),
        ),
        Column(
            title=tr("Layer"),
            name="layer",
            value=lambda e: e.layer,
            text=lambda e: e.layer,
            is_number=False,
            is_shown=False,
            width=140,
        ),
    )


def signed_share(share: float | None) -> str:
    """Return ``62 %``, ``4.1 %``, ``−12 %``; "—" if unavailable."""
    if share is None:
        return UNAVAILABLE
    percent = abs(share) * 100
    if percent < 0.05:
        return "0 %"
    text = f"{percent:.1f} %" if percent < 9.95 else f"{percent:,.0f} %"
    return f"−{text}" if share < 0 else text


def _short_name(name: str) -> str:
    return short_kernel_name(" ".join(name.split())) or tr("(no name)")


def _time(title: str, name: str, value: Callable[[PartEntry], float | None]) -> PartColumn:
    return Column(
        title=title,
        name=name,
        value=value,
        text=lambda e: "" if e.is_sum else plain_us(value(e)),
        cell_tip=lambda e: tr("Not in this variant") if value(e) is None and not e.is_sum else "",
        width=80,
        tip=tr("Per step"),
    )


def _count(title: str, name: str, value: Callable[[PartEntry], float | None]) -> PartColumn:
    return Column(
        title=title,
        name=name,
        value=value,
        text=lambda e: "" if e.is_sum else format_count(value(e)),
        width=70,
        tip=tr("How often per step"),
    )
