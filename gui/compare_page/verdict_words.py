"""A verdict in the person's language: a word first, an icon beside it, colour last."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from engine.analysis.comparison.results import RatioEstimate, Verdict
from engine.analysis.units import UNAVAILABLE, format_us

# From here on a factor says more than percents.
_FACTOR_FROM = 2.0


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


def ratio_text(ratio: float) -> str:
    """Return ``3.1× slower``, ``4.2 % faster`` (in steps per time), ``as fast`` for a ratio of step times."""
    is_slower = ratio >= 1
    factor = ratio if is_slower else 1 / ratio
    if factor >= _FACTOR_FROM:
        text = f"{factor:.1f}" if factor < 99.95 else f"{factor:,.0f}"
        return (tr("{0}× slower") if is_slower else tr("{0}× faster")).format(text)
    percent = (factor - 1) * 100
    if percent < 0.05:
        return tr("as fast")
    text = f"{percent:.1f}" if percent < 9.95 else f"{percent:.0f}"
    return (tr("{0} % slower") if is_slower else tr("{0} % faster")).format(text)


def signed_us(us: float | None) -> str:
    """Return a difference with its sign: ``+25.8 µs``, ``−3.20 µs``."""
    if us is None:
        return UNAVAILABLE
    text = format_us(abs(us))
    return text if us == 0 else f"+{text}" if us > 0 else f"−{text}"


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
    low, high = (ratio_text(end) for end in ratio.interval_95)
    if low == high:
        return tr("95 % sure: {0}").format(low)
    return tr("95 % sure: between {0} and {1}").format(low, high)
