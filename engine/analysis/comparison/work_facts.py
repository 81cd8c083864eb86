"""What ran on one side and not on the other, and what took longer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.analysis.comparison.facts import TELLING, Compared, Fact
from engine.analysis.comparison.phrases import counted, listed, number, short_name
from engine.analysis.comparison.results import DeltaPart
from engine.analysis.comparison.roles import AUTOGRAD, role_of
from engine.analysis.comparison.step_costs import StepCosts, WorkRow
from engine.analysis.units import format_share, format_us

_MOST_NAMES = 3
# What takes less than this share of all that is listed is not worth its name.
_WORTH_A_NAME = 0.1
_OF_WORK = ("added", "removed", "slower", "faster", "memory")


def exchanged_work(compared: Compared) -> Iterator[Fact]:
    """Tell what the variant runs in place of what: rows that have no partner of the same name."""
    gone, come = only_on_one_side(compared)
    gone_us, come_us = (sum(row.us for row in rows) for rows in (gone, come))
    weight = compared.share(come_us - gone_us)
    least = TELLING * abs(compared.found.delta_us)
    # Small beside what it replaces, it still replaces it.
    replaces = min(gone_us, come_us) > 0.1 * least
    before, after = compared.names
    if replaces and max(gone_us, come_us) > least:
        text = f"{after} runs {_named(come)} where {before} runs {_named(gone)}."
    elif gone_us > least:
        text = f"{after} does without {_named(gone)} of {before}."
    elif come_us > least:
        text = f"{after} runs {_named(come)}, which {before} does not."
    else:
        return
    yield Fact(weight if weight > 0 else 0.1, text)


def only_on_one_side(compared: Compared) -> tuple[list[WorkRow], list[WorkRow]]:
    """Return what runs on either side under a name that the other has not, the costliest first."""
    pairs = [pair for pair in compared.found.work if pair.role or not (pair.baseline and pair.variant)]
    gone = [row for pair in pairs for row in pair.baseline]
    come = [row for pair in pairs for row in pair.variant]
    for rows in (gone, come):
        rows.sort(key=lambda row: -row.us)
    return gone, come


def changed_work(compared: Compared) -> Iterator[Fact]:
    """Tell what both run, and one of them in more time: towards the difference, then against it."""
    parts = [
        part
        for part in compared.found.by_kernel
        if part.kind in _OF_WORK
        and None not in (part.baseline_us, part.variant_us)
        and " → " not in part.name
    ]
    towards = [part for part in parts if compared.share(part.delta_us) >= TELLING / 2][:_MOST_NAMES]
    weight = compared.share(sum(part.delta_us for part in towards))
    if weight >= TELLING:
        yield Fact(weight, f"{_changes(towards, compared)}.")
    against = [part for part in parts if compared.share(part.delta_us) <= -2 * TELLING][:1]
    if against:
        yield Fact(0.3, f"Against that, {_changes(against, compared)}.")


def counted_work(compared: Compared) -> Iterator[Fact]:
    """Tell how many kernels, or operators on a CPU, either side runs, if that differs."""
    costs = compared.found.baseline, compared.found.variant
    before, after = (number_of_calls(each) for each in costs)
    is_device = costs[1].is_device
    if abs(after - before) < 1 or max(before, after) < 1.2 * min(before, after):
        return
    is_reason = (after > before) == (compared.found.delta_us > 0)
    if not is_reason:
        return
    noun = "kernel" if is_device else "operator"
    first, second = compared.names
    text = f"{second} runs {counted(after, noun)} a step where {first} runs {number(before)}"
    # Many small ones cost by their number: on a device launches, on a CPU dispatching.
    idle_share = compared.share(costs[1].idle_us - costs[0].idle_us) if is_device else 0.0
    yield Fact(max(0.3, min(1.0, idle_share) + 0.1), f"{text}{_idle_clause(costs) if is_device else ''}.")


def number_of_calls(costs: StepCosts) -> float:
    """Return how many kernels a step runs, or on a CPU operators, autograd's bookkeeping not counted."""
    if costs.is_device:
        return sum(row.count for row in costs.work if row.kind == "kernel")
    return sum(row.count for row in costs.work if role_of(row.name) != AUTOGRAD)


def _idle_clause(costs: tuple[StepCosts, StepCosts]) -> str:
    before, after = (each.idle_us / each.step_us for each in costs)
    if max(before, after) < 0.1:
        return ""
    idle = f"for {format_share(after)} of its step the device does nothing"
    return f"; {idle}, for {format_share(before)} of the other's"


def _named(rows: Sequence[WorkRow]) -> str:
    """Return the costliest by name, how many more there are, and the time of all of them."""
    whole_us = sum(row.us for row in rows)
    told = [row for row in rows if role_of(row.name) != AUTOGRAD] or list(rows)
    names = [row for row in told if row.us >= _WORTH_A_NAME * whole_us][:_MOST_NAMES] or told[:1]
    words = list(dict.fromkeys(short_name(row.name) for row in names))
    more = len(rows) - len(names)
    return f"{listed([*words, *([f'{more} more'] if more else [])])} ({format_us(whole_us)})"


def _changes(parts: Sequence[DeltaPart], compared: Compared) -> str:
    before, after = compared.names
    texts = []
    for place, part in enumerate(parts):
        text = f"{format_us(part.variant_us)} in {short_name(part.name)}"
        owner = f" where {before} spends" if place == 0 else " against"
        texts.append(f"{text}{owner} {format_us(part.baseline_us)}{_calls(part)}")
    return f"{after} spends {listed(texts)}"


def _calls(part: DeltaPart) -> str:
    before, after = part.baseline_count or 0.0, part.variant_count or 0.0
    if abs(before - after) < 0.5:
        return ""
    return f" ({counted(after, 'call')} against {number(before)})"
