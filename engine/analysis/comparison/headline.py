"""The verdict in a line."""

from __future__ import annotations

from engine.analysis.comparison.phrases import how_much, reach_of
from engine.analysis.comparison.results import RatioEstimate

NOTHING_YET = "Nothing measured yet"


def headline_of(ratio: RatioEstimate | None) -> str:
    """Return the verdict: ``3.1× slower (95 %: 3.0 to 3.2)``, ``No difference found (95 %: 0.99 to 1.01)``.

    The interval is in the terms of the verdict; where none was found, it is that of the ratio of times.
    """
    if ratio is None:
        return NOTHING_YET
    if ratio.interval_95 is None:
        return f"{how_much(ratio.ratio)}, but how sure that is, is not known"
    low, high = ratio.interval_95
    if ratio.verdict == "no difference":
        decimals = 2 if max(high - 1, 1 - low) >= 0.005 else 3
        return f"No difference found (95 %: {low:.{decimals}f} to {high:.{decimals}f})"
    return f"{how_much(ratio.ratio)} (95 %: {reach_of(ratio.ratio, ratio.interval_95)})"
