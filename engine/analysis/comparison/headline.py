"""The verdict in a line."""

from __future__ import annotations

from engine.analysis.comparison.results import RatioEstimate

# From here on "× slower" reads better than percents.
_TIMES = 2.0


def headline_of(ratio: RatioEstimate | None) -> str:
    """Return the verdict: ``3.1× slower (95 %: 3.0 to 3.2)``, ``No difference found (…)``."""
    if ratio is None:
        return "Nothing measured yet"
    if ratio.interval_95 is None:
        return f"{_how_much(ratio.ratio)}, not known how surely"
    low, high = ratio.interval_95
    if ratio.verdict == "no difference":
        return f"No difference found (95 %: {low:.2f} to {high:.2f})"
    return f"{_how_much(ratio.ratio)} (95 %: {low:.2f} to {high:.2f})"


def _how_much(ratio: float) -> str:
    size, word = (ratio, "slower") if ratio >= 1 else (1 / ratio, "faster")
    return f"{size:.1f}× {word}" if size >= _TIMES else f"{100 * (size - 1):.0f} % {word}"
