"""A sweep's findings in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from engine.analysis.sweep.clear_difference import clear_sign
from engine.analysis.sweep.results import Crossover, PointResult
from engine.experiment.sweep import SweepValue

Signs: TypeAlias = "dict[SweepValue, int]"
_SHOWN = 6
_WORDS = {1: "slower", -1: "faster"}


def pair_sentence(
    parameter: str, points: Sequence[PointResult], baseline: str, variant: str, crossings: Sequence[Crossover]
) -> str:
    """Return what the points say of a variant and the baseline."""
    signs = _signs(points, variant)
    if not signs:
        return f"{variant} and {baseline} could not be compared.{_why_not(points, variant)}"
    if not all(isinstance(value, int) for value in signs):
        return _by_value(parameter, signs, baseline, variant)
    if crossings:
        return " ".join(_crossing(parameter, crossing) for crossing in crossings)
    return _no_crossing(parameter, signs, baseline, variant)


def _why_not(points: Sequence[PointResult], variant: str) -> str:
    """Return why a ratio has no interval, as the first point that lacks one says it."""
    found = (point.comparison_of(variant) for point in points)
    reasons = [each.ratio.reason for each in found if each is not None and each.ratio is not None]
    return f" {reasons[0]}" if reasons and reasons[0] else ""


def work_note(parameter: str, points: Sequence[PointResult], variant: str) -> str:
    """Return where the two did not compute the same; empty if they did, or nobody knows."""
    compared = {point.value: found for point in points if (found := point.comparison_of(variant))}
    differing = [
        f"{value:,}" if isinstance(value, int) else value
        for value, found in compared.items()
        if found.same_work is not None and found.same_work.is_equal is False
    ]
    if not differing:
        return ""
    where = (
        "at every point" if len(differing) == len(compared) else f"at {named(parameter)} {_list(differing)}"
    )
    return f"Not the same work: outputs or gradients of {variant} differ {where}."


def _list(words: Sequence[str]) -> str:
    more = len(words) - _SHOWN
    return ", ".join(words[:_SHOWN]) + (f" and {more} more" if more > 0 else "")


def about(estimate: float | None) -> str:
    """Return an estimate as far as it is known, two digits: ``, at about 180``; empty for None."""
    if estimate is None:
        return ""
    return f", at about {float(f'{estimate:.2g}'):,.10g}"


def ratio_digits(ratio: float) -> str:
    """Return a ratio with three decimals, a small one with three digits: ``1.245``, ``0.00412``."""
    return f"{ratio:.3f}" if ratio >= 0.1 else f"{ratio:.3g}"


def named(parameter: str) -> str:
    """Return a parameter as it reads before a value: ``size:512``, whatever the size was, is ``size``."""
    return "size" if parameter.startswith("size:") else parameter


def _crossing(parameter: str, crossing: Crossover) -> str:
    between = f"between {named(parameter)} {crossing.low:,} and {crossing.high:,}"
    return f"{crossing.overtaker} overtakes {crossing.overtaken} {between}{about(crossing.estimate)}."


def _no_crossing(parameter: str, signs: Signs, baseline: str, variant: str) -> str:
    values = [value for value in signs if isinstance(value, int)]
    span = f"from {named(parameter)} {min(values):,} to {max(values):,}"
    if len(values) == 1:
        span = f"at {named(parameter)} {values[0]:,}"
    clear = [sign for sign in signs.values() if sign]
    if not clear:
        return f"No clear difference between {variant} and {baseline} {span}."
    if len(values) == 1:
        return f"{variant} is {_WORDS[clear[0]]} than {baseline} {span}."
    where = "throughout" if len(clear) == len(signs) else f"at {len(clear)} of {len(signs)} points"
    rest = "" if len(clear) == len(signs) else ", with no clear difference at the others"
    return f"No crossover {span}: {variant} is {_WORDS[clear[0]]} than {baseline} {where}{rest}."


def _by_value(parameter: str, signs: Signs, baseline: str, variant: str) -> str:
    parts = []
    for sign, word in ((-1, "faster than"), (1, "slower than"), (0, "not clearly different from")):
        values = [str(value) for value, found in signs.items() if found == sign]
        if values:
            parts.append(f"{word} {baseline} with {parameter} {', '.join(values)}")
    return f"{variant} is {'; '.join(parts)}."


def _signs(points: Sequence[PointResult], variant: str) -> Signs:
    """Return by value whether the variant is clearly slower (1), faster (-1) or neither (0)."""
    ratios = {
        point.value: found.ratio
        for point in points
        if (found := point.comparison_of(variant)) is not None and found.ratio is not None
    }
    signs = {value: clear_sign(ratio, len(ratios)) for value, ratio in ratios.items()}
    return {value: sign for value, sign in signs.items() if sign is not None}
