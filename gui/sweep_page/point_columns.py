"""The columns of the table of a sweep's points."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.sweep.results import PointResult, VariantPoint
from engine.analysis.sweep.sentences import ratio_digits
from engine.analysis.units import UNAVAILABLE, format_known
from gui.sweep_page.value_axis import value_text
from gui.tables.column import Column

_CHARACTER_PX = 8
PointColumn = Column[PointResult]


def point_columns(
    parameter: str, variants: tuple[str, ...], compared: tuple[str, ...]
) -> tuple[PointColumn, ...]:
    """Return a column for the value, one for each variant and two for each that is ``compared``."""
    return (
        Column(
            title=parameter,
            name="value",
            value=lambda point: point.value,
            text=lambda point: value_text(point.value),
            # The first column takes what the others leave, and never less than its title.
            width=max(72, _CHARACTER_PX * len(parameter)),
        ),
        *(_median_column(name) for name in variants),
        *(column for name in compared for column in _compared_columns(name, len(compared) > 1)),
        Column(
            title=_tr("Result"),
            name="result",
            value=result_text,
            text=result_text,
            cell_tip=lambda point: str(point.problem) if point.problem else "",
            is_number=False,
            width=90,
        ),
    )


def median_text(variant: VariantPoint) -> str:
    """Return a median and how well it is known: ``12.3 µs ±0.4 %``."""
    if variant.median_us is None:
        return UNAVAILABLE
    return format_known(variant.median_us, variant.interval_share)


def ratio_text(ratio: RatioEstimate | None) -> str:
    """Return a ratio: ``1.245 ×``."""
    return f"{ratio_digits(ratio.ratio)} ×" if ratio else UNAVAILABLE


def interval_text(ratio: RatioEstimate | None) -> str:
    """Return a ratio's interval: ``1.203 to 1.290``."""
    if ratio is None or ratio.interval_95 is None:
        return UNAVAILABLE
    low, high = ratio.interval_95
    return _tr("{0} to {1}").format(ratio_digits(low), ratio_digits(high))


def result_text(point: PointResult) -> str:
    """Say whether the point has its result."""
    if point.problem is None:
        return _tr("measured") if any(each.median_us for each in point.variants) else _tr("stopped")
    return point.problem.what


def _median_column(name: str) -> PointColumn:
    def variant(point: PointResult) -> VariantPoint | None:
        return next((each for each in point.variants if each.name == name), None)

    def value(point: PointResult) -> float | None:
        found = variant(point)
        return found.median_us if found else None

    def text(point: PointResult) -> str:
        found = variant(point)
        return median_text(found) if found else UNAVAILABLE

    def tip(point: PointResult) -> str:
        found = variant(point)
        return found.reason if found else ""

    return Column(
        title=name,
        name=f"{name}_median_us",
        value=value,
        text=text,
        cell_tip=tip,
        width=128,
        tip=_tr("The median bare step, and the 95 % interval of it"),
    )


def _compared_columns(name: str, is_one_of_many: bool) -> tuple[PointColumn, ...]:
    def ratio(point: PointResult) -> RatioEstimate | None:
        found = point.comparison_of(name)
        return found.ratio if found else None

    def verdict(point: PointResult) -> str:
        found = ratio(point)
        return _verdicts().get(found.verdict or "", UNAVAILABLE) if found else UNAVAILABLE

    of = f" {name}" if is_one_of_many else ""
    return (
        Column(
            title=_tr("Ratio") + of,
            name=f"{name}_ratio",
            value=lambda point: found.ratio if (found := ratio(point)) else None,
            text=lambda point: ratio_text(ratio(point)),
            width=82,
            tip=_tr("Step time over the baseline's: above 1 is slower"),
        ),
        Column(
            title=_tr("95 %"),
            name=f"{name}_interval_95",
            value=lambda point: found.interval_95 if (found := ratio(point)) else None,
            text=lambda point: interval_text(ratio(point)),
            width=118,
            tip=_tr("The 95 % interval of the ratio"),
        ),
        Column(
            title=_tr("Verdict") + of,
            name=f"{name}_verdict",
            value=verdict,
            text=verdict,
            cell_tip=lambda point: found.reason if (found := ratio(point)) else "",
            is_number=False,
            width=108,
        ),
    )


def _verdicts() -> dict[str, str]:
    return {"faster": _tr("faster"), "slower": _tr("slower"), "no difference": _tr("no difference")}


def _tr(text: str) -> str:
    return QCoreApplication.translate("SweepPage", text)
