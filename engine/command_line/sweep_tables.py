"""A sweep's results as a table on stdout, and its findings in words."""

from __future__ import annotations

from typing import TextIO

from engine.analysis.sweep.results import PointResult, SweepResult, VariantPoint
from engine.analysis.sweep.sentences import named, ratio_digits
from engine.analysis.units import UNAVAILABLE, format_known
from engine.command_line.table_view import print_table


def print_sweep(result: SweepResult, title: str, file: TextIO) -> None:
    """Print a row for each point, then what they say of each pair, then why points have no result."""
    others = [pair.variant for pair in result.pairs]
    columns = [f"{named(result.parameter)}>", *(f"{name}>" for name in result.variants)]
    for name in others:
        of = f" of {name}" if len(others) > 1 else ""
        columns += [f"ratio{of}>", "95 %>", f"verdict{of}"]
    rows = [_row(point, result.variants, others) for point in result.points]
    # What the interval says as well gives way first.
    spare = [*(column for column in columns if column.startswith("verdict")), "95 %>"] if others else []
    print_table(title, columns, rows, file, spare)
    for sentence in (each for pair in result.pairs for each in (pair.sentence, pair.note) if each):
        print(sentence, file=file)
    failed = [point for point in result.points if point.problem is not None]
    for point in failed:
        print(f"{named(result.parameter)} {point.value} has no whole result: {point.problem}", file=file)
    print(file=file)


def _row(point: PointResult, names: tuple[str, ...], others: list[str]) -> list[str]:
    known = {variant.name: variant for variant in point.variants}
    cells = [f"{point.value:,}" if isinstance(point.value, int) else point.value]
    cells += [_median(known.get(name)) for name in names]
    for name in others:
        cells += _compared(point, name)
    return cells


def _median(variant: VariantPoint | None) -> str:
    if variant is None or variant.median_us is None:
        return UNAVAILABLE
    return format_known(variant.median_us, variant.interval_share)


def _compared(point: PointResult, name: str) -> tuple[str, str, str]:
    comparison = point.comparison_of(name)
    ratio = comparison.ratio if comparison else None
    if ratio is None:
        return UNAVAILABLE, UNAVAILABLE, "failed" if point.problem else UNAVAILABLE
    interval = ratio.interval_95
    span = " to ".join(map(ratio_digits, interval)) if interval else UNAVAILABLE
    return f"{ratio_digits(ratio.ratio)} ×", span, ratio.verdict or UNAVAILABLE
