"""Comparisons on a terminal: what to know before believing it, the verdict, the words, then the numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TextIO

from engine.analysis.comparison.results import Comparison, DeltaPart, Explanation
from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.units import SMALLEST_US, format_count, format_delta_us, format_us
from engine.command_line.table_view import print_table
from engine.command_line.wrapped_lines import print_wrapped
from engine.trace.same_work import SameWork, TensorComparison, TensorRole

MOST_PARTS = 8
_GRADIENTS: tuple[TensorRole, ...] = ("input_gradient", "parameter_gradient")


def print_comparison(comparison: Comparison, file: TextIO, most_parts: int = MOST_PARTS) -> None:
    """Print one variant against its baseline: words first, then the parts of the difference."""
    print(f"{comparison.variant} against {comparison.baseline}", file=file)
    for line in comparison_lines(comparison):
        print_wrapped(line, file, "  ")
    print(file=file)
    explanation = comparison.explanation
    # Parts of no difference are noise, and would read like reasons.
    if explanation is not None and not _is_no_difference(comparison):
        _print_parts("kernel", explanation.by_kernel, explanation, file, most_parts)
        _print_parts("layer", explanation.by_layer, explanation, file, most_parts)


def _is_no_difference(comparison: Comparison) -> bool:
    return comparison.ratio is not None and comparison.ratio.verdict == "no difference"


def comparison_lines(comparison: Comparison) -> Iterator[str]:
    """Yield all that is said in words: what is unlike, the verdict, its warnings and its reasons."""
    for one in comparison.unlike:
        yield f"! Unlike {one.name}: {one.variant or '—'} against {one.baseline or '—'}"
    yield comparison.headline
    yield from (f"! {warning}" for warning in comparison.warnings)
    if comparison.same_work is not None:
        yield from _same_work(comparison.same_work)
    explanation = comparison.explanation
    if explanation is not None:
        yield from explanation.sentences
        if explanation.reason:
            yield f"Where the difference comes from is not known. {explanation.reason}"


def _same_work(same: SameWork) -> Iterator[str]:
    """Yield what is equal and what to know of that; what is not, or not known, is among the warnings."""
    if same.outputs_equal:
        yield f"Outputs are {_equal(same.tensors, ('output',))}."
    if same.gradients_equal:
        yield f"Gradients are {_equal(same.tensors, _GRADIENTS)}."
    yield from same.notes
    if same.weights_note and _may_be_the_weights(same):
        yield f"Weights: {same.weights_note}"


def _may_be_the_weights(same: SameWork) -> bool:
    """Whether other links could make equal what is not, or make it comparable."""
    has_partners_left = bool(same.baseline_unmatched and same.variant_unmatched)
    return same.outputs_equal is False or (same.outputs_equal is None and has_partners_left)


def _equal(tensors: Sequence[TensorComparison], roles: Sequence[TensorRole]) -> str:
    errors = [each.max_abs_error for each in tensors if each.role in roles and each.max_abs_error is not None]
    if not errors:
        return "equal"
    return f"equal, at most {max(errors):.2g} apart" if max(errors) else "the same to the last bit"


def _print_parts(
    what: str, parts: Sequence[DeltaPart], explanation: Explanation, file: TextIO, most_parts: int
) -> None:
    if not parts:
        return
    shown, hidden = _costliest(parts, most_parts)
    rows = [_row(part, file.isatty()) for part in shown]
    if hidden:
        rest_us = sum(part.delta_us for part in hidden)
        rows.append((format_delta_us(rest_us), "", "", "", "", "", f"… and {len(hidden)} more"))
    rows.append((format_delta_us(explanation.delta_us), "", "", "", "", "", "sum = the difference"))
    # The names come last: those of kernels run to thousands of characters.
    columns = ("difference>", "baseline>", "variant>", "calls>", "change", "basis", "part")
    title = f"The difference by {what}, per step"
    print_table(title, columns, rows, file, spare=("basis", "calls>", "change"))


def _costliest(parts: Sequence[DeltaPart], most: int) -> tuple[list[DeltaPart], list[DeltaPart]]:
    """Return the parts to show, in their order, and the others; the remainder is always shown."""
    ranked = sorted(parts, key=lambda part: (part.kind != "remainder", -abs(part.delta_us)))
    kept = {id(part) for part in ranked[:most]}
    return [part for part in parts if id(part) in kept], [part for part in parts if id(part) not in kept]


def _row(part: DeltaPart, is_short: bool) -> tuple[str, ...]:
    return (
        format_delta_us(part.delta_us),
        _side(part.baseline_us),
        _side(part.variant_us),
        _calls(part),
        part.kind,
        part.basis,
        (short_kernel_name(part.name) if is_short else part.name) or "(whole model)",
    )


def _side(us: float | None) -> str:
    # What is left of sums that cancel is rounding.
    return format_us(0.0 if us is not None and abs(us) < SMALLEST_US else us)


def _calls(part: DeltaPart) -> str:
    before, after = part.baseline_count, part.variant_count
    if before is None and after is None:
        return ""
    if before == after:
        return format_count(before)
    return f"{format_count(before or 0)} → {format_count(after or 0)}"
