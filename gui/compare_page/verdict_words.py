"""A verdict in the person's language: a word first, an icon beside it, colour last."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from engine.analysis.comparison.phrases import percent, times
from engine.analysis.comparison.results import RatioEstimate, Verdict
from engine.analysis.units import format_us

# From here on a factor says more than percents, as in the headlines of reports.
_FACTOR_FROM = 1.25
_FACTOR_ALWAYS = 2.0
# Far below any clock: a rounding error of sums.
_NOTHING_US = 1e-5


@dataclass(frozen=True)
class VerdictWords:
    """``role`` is a field of `Theme`; ``interval`` and ``medians`` are empty where they are not known."""

    headline: str
    icon: str
    role: str
    interval: str = ""
    medians: str = ""


def tr(text: str) -> str:
    """Translate a text of this page."""
    return QCoreApplication.translate("ComparePage", text)


def verdict_words(ratio: RatioEstimate | None) -> VerdictWords:
    """Return what a card says of a ratio; None is not measured yet."""
    if ratio is None:
        return VerdictWords(tr("Not measured yet"), "ellipsis", "muted")
    icon, role = _LOOKS[ratio.verdict]
    return VerdictWords(_headline(ratio), icon, role, _interval(ratio), medians_text(ratio))


_LOOKS: dict[Verdict | None, tuple[str, str]] = {
    "faster": ("zap", "success"),
    "slower": ("clock", "error"),
    "no difference": ("minus", "text"),
    None: ("ellipsis", "muted"),
}


def ratio_text(ratio: float, is_factor: bool | None = None) -> str:
    """Return ``3.1× slower``, ``4.2 % faster`` (of its speed), ``as fast`` for a ratio of step times.

    ``is_factor`` says whether it is told as a factor or in percents; None is what reads better.
    """
    if _is_as_fast(ratio):
        return tr("as fast")
    told_as_factor = _factor(ratio) >= _FACTOR_FROM if is_factor is None else is_factor
    size = _size_text(ratio, told_as_factor)
    return (tr("{0} slower") if ratio >= 1 else tr("{0} faster")).format(size)


def interval_text(low: float, high: float) -> str:
    """Return ``3.0× to 3.2× slower``, ``1.2 % faster to 0.9 % slower`` for two ratios, the smaller first."""
    is_one_way = (low >= 1) == (high >= 1) and not _is_as_fast(low) and not _is_as_fast(high)
    if is_one_way:
        # The smaller change first, also where both are faster.
        low, high = sorted((low, high), key=_factor)
    # Both ends in one unit.
    is_factor = max(_factor(low), _factor(high)) >= (_FACTOR_FROM if is_one_way else _FACTOR_ALWAYS)
    first, last = ratio_text(low, is_factor), ratio_text(high, is_factor)
    if first == last:
        return first
    return tr("{0} to {1}").format(_size_text(low, is_factor) if is_one_way else first, last)


def _factor(ratio: float) -> float:
    return max(ratio, 1 / ratio)


def _size_text(ratio: float, is_factor: bool) -> str:
    factor = _factor(ratio)
    return times(factor) if is_factor else percent(factor - 1)


def _is_as_fast(ratio: float) -> bool:
    return _factor(ratio) - 1 < 0.00005


def signed_us(us: float | None) -> str:
    """Return a difference with its sign: ``+25.8 µs``, ``−3.20 µs``."""
    text = plain_us(us if us is None else abs(us))
    if us is None or abs(us) < _NOTHING_US:
        return text
    return f"+{text}" if us > 0 else f"−{text}"


def plain_us(us: float | None) -> str:
    """Return a duration; what is left of a difference by rounding is 0."""
    return format_us(0.0 if us is not None and abs(us) < _NOTHING_US else us)


def medians_text(ratio: RatioEstimate) -> str:
    """Return both medians and their difference, with units."""
    return tr("{0} → {1} a step ({2})").format(
        format_us(ratio.baseline_median_us), format_us(ratio.variant_median_us), signed_us(ratio.delta_us)
    )


def _headline(ratio: RatioEstimate) -> str:
    match ratio.verdict:
        case "no difference":
            return tr("No difference found")
        case None:
            return tr("{0}, not certain").format(ratio_text(ratio.ratio))
    return ratio_text(ratio.ratio)


def _interval(ratio: RatioEstimate) -> str:
    if ratio.interval_95 is None:
        return ratio.reason or tr("No interval: too few steps")
    return tr("95 % sure: {0}").format(interval_text(*ratio.interval_95))
