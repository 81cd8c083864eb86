"""The columns of the tables of same work: compared tensors, and where weights came from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from engine.analysis.units import UNAVAILABLE, format_count
from engine.trace.same_work import TensorComparison, WeightLink
from gui.compare_page.same_work_words import error_text
from gui.compare_page.verdict_words import tr
from gui.tables.column import Column

TensorColumn = Column[TensorComparison]


def tensor_columns() -> tuple[TensorColumn, ...]:
    """Return all columns in their first order."""
    return (
        _text(tr("Tensor"), "tensor", lambda t: t.name, width=220),
        _text(tr("Equal"), "is_equal", lambda t: equal_word(t.is_equal), width=82),
        _number(
            tr("Abs error"), "max_abs_error", lambda t: t.max_abs_error, tr("The largest between the two")
        ),
        _number(
            tr("Rel error"),
            "max_rel_error",
            lambda t: t.max_rel_error,
            tr("The largest, of the baseline's value"),
        ),
        Column(
            title=tr("Cosine"),
            name="cosine",
            value=lambda t: t.cosine,
            text=lambda t: UNAVAILABLE if t.cosine is None else f"{t.cosine:.6f}",
            cell_tip=lambda t: t.reason,
            width=80,
            tip=tr("Of the angle between the two: 1 is the same direction"),
        ),
        Column(
            title=tr("ULPs"),
            name="max_ulps",
            value=lambda t: t.max_ulps,
            text=lambda t: format_count(t.max_ulps),
            cell_tip=lambda t: t.reason,
            width=84,
            tip=tr("Most units in the last place between the two"),
        ),
        _number(
            tr("Baseline's error"),
            "baseline_error",
            lambda t: t.baseline_error,
            tr("Largest, against the baseline in float64"),
        ),
        _number(
            tr("Variant's error"),
            "variant_error",
            lambda t: t.variant_error,
            tr("Largest, against the variant in float64"),
        ),
        Column(
            title=tr("Tolerance"),
            name="tolerance",
            value=_tolerance_text,
            text=_tolerance_text,
            width=184,
            tip=tr("|a − b| ≤ absolute + relative × |b| counts as equal"),
        ),
        _text(tr("Dtype"), "dtype", lambda t: t.dtype, width=72),
        _text(tr("Shape"), "shape", lambda t: " × ".join(str(size) for size in t.shape) or "1", width=120),
        _text(tr("Why"), "reason", lambda t: t.reason, width=200),
    )


def weight_columns() -> tuple[Column[WeightLink], ...]:
    """Return the columns of where weights came from."""
    return (
        _text(tr("Variant's tensor"), "variant", lambda link: link.variant, width=200),
        _text(tr("Values of the baseline's"), "baseline", lambda link: link.baseline, width=320),
        _text(tr("Matched"), "kind", lambda link: link_word(link.kind), width=110),
    )


def equal_word(is_equal: bool | None) -> str:
    """Return whether a tensor is equal: a sign and a word."""
    if is_equal is None:
        return tr("? unknown")
    return tr("✓ equal") if is_equal else tr("✗ differs")


def link_word(kind: str) -> str:
    """Return how a weight found its partner."""
    return {"name": tr("by name"), "shape": tr("by shape"), "chosen": tr("chosen")}.get(kind, kind)


def _tolerance_text(tensor: TensorComparison) -> str:
    if tensor.absolute_tolerance is None or tensor.relative_tolerance is None:
        return UNAVAILABLE
    return tr("{0} + {1} × |b|").format(
        error_text(tensor.absolute_tolerance), error_text(tensor.relative_tolerance)
    )


def _text(title: str, name: str, value: Callable[[Any], str], width: int) -> Column[Any]:
    return Column(title=title, name=name, value=value, text=value, is_number=False, width=width)


def _number(
    title: str, name: str, value: Callable[[TensorComparison], float | None], tip: str
) -> TensorColumn:
    return Column(
        title=title,
        name=name,
        value=value,
        text=lambda t: error_text(value(t)),
        cell_tip=lambda t: t.reason,
        width=78,
        tip=tip,
    )
