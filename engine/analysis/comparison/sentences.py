"""A difference in words: the most telling first, four at most."""

from __future__ import annotations

from engine.analysis.comparison.difference import Difference
from engine.analysis.comparison.facts import Compared
from engine.analysis.comparison.phrases import counted, number, percent
from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.comparison.side import Side
from engine.analysis.comparison.surrounding_facts import (
    computing,
    doubt,
    layers,
    libraries,
    precision,
    traffic,
    waiting,
)
from engine.analysis.comparison.work_facts import (
    changed_work,
    counted_work,
    exchanged_work,
    number_of_calls,
    only_on_one_side,
)
from engine.analysis.units import format_us

MOST = 4
# An interval that reaches further hides differences that people care about.
_WIDE = 0.03


def sentences_of(baseline: Side, variant: Side, ratio: RatioEstimate, found: Difference) -> tuple[str, ...]:
    """Return why one side takes longer; or where no difference was found, why that is plausible."""
    compared = Compared(baseline, variant, found)
    if ratio.verdict == "no difference":
        return _no_difference(compared, ratio)
    counts, waits = list(counted_work(compared)), list(waiting(compared))
    # On a device, the sentence about the number of kernels tells of the waiting as well.
    facts = [*counts, *(() if counts and found.variant.is_device else waits)]
    for find in (exchanged_work, changed_work, layers, traffic, computing, libraries, precision):
        facts += find(compared)
    facts.sort(key=lambda fact: -fact.weight)
    doubts = doubt(compared)
    told = [fact.text for fact in facts][: MOST - len(doubts)]
    # Where more is unexplained than there is to explain, that is the first thing to know.
    is_first = abs(found.remainder_us) > abs(found.delta_us)
    return tuple(_capital(text) for text in ((*doubts, *told) if is_first else (*told, *doubts)))


def _no_difference(compared: Compared, ratio: RatioEstimate) -> tuple[str, ...]:
    told = [_what_both_run(compared)]
    told += [fact.text for find in (traffic, computing, precision) for fact in find(compared)]
    low, high = ratio.interval_95 or (1.0, 1.0)
    reach = max(high - 1, 1 - low)
    if reach > _WIDE:
        told.append(
            f"A difference below {percent(reach)} can't be seen here: run for longer, on a quieter machine."
        )
    return tuple(_capital(text) for text in told[:MOST])


def _what_both_run(compared: Compared) -> str:
    gone, come = only_on_one_side(compared)
    before, after = (number_of_calls(each) for each in (compared.found.baseline, compared.found.variant))
    noun = "kernel" if compared.found.variant.is_device else "operator"
    if not gone and not come:
        same = counted(after, noun) if abs(after - before) < 0.5 else f"{noun}s"
        return f"Both run the same {same} a step."
    first, second = compared.names
    parts = [format_us(sum(row.us for row in rows)) for rows in (come, gone)]
    counts = f"{second} runs {counted(after, noun)} a step and {first} {number(before)}"
    return f"{counts}; what only one of them runs takes {parts[0]} in {second} and {parts[1]} in {first}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
