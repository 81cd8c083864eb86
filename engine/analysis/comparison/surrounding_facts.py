"""What else tells two steps apart: waiting, layers, the work itself, libraries, precision."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.analysis.comparison.clocks import MANY_INTERRUPTED, interrupted_share
from engine.analysis.comparison.facts import TELLING, Compared, Fact
from engine.analysis.comparison.phrases import listed
from engine.analysis.comparison.results import PartKind
from engine.analysis.comparison.roles import role_of
from engine.analysis.comparison.step_costs import StepCosts
from engine.analysis.units import format_bytes, format_share, format_us
from engine.analysis.work_units import format_flops

_MOST_LAYERS = 3
# With a larger share of the difference unexplained, the parts are not to be relied on.
_DOUBTFUL = 0.3
_INTERRUPTED = (
    "Interruptions count as time of the operators that they hit: single operators and layers may owe their "
    "difference to them."
)
# A number in a path tells one copy of a repeated layer from the next.
_COPY = re.compile(r"\.\d+\.")
_UNLIKE_BYTES, _UNLIKE_FLOPS = 1.15, 1.05
# Roles for which libraries compete.
_CONTESTED = ("matrix products", "convolutions", "attention", "normalizations")


def waiting(compared: Compared) -> Iterator[Fact]:
    """Tell of time in which the device does nothing, or on a CPU no operator runs."""
    return _idle_device(compared) if compared.found.variant.is_device else _busy_host(compared)


def _idle_device(compared: Compared) -> Iterator[Fact]:
    before, after = compared.found.baseline, compared.found.variant
    first, second = compared.names
    weight = compared.share(after.idle_us - before.idle_us)
    if weight >= TELLING:
        shares = [format_share(each.idle_us / each.step_us) for each in (after, before)]
        text = f"For {shares[0]} of its step the device of {second} does nothing, of {first} for {shares[1]}"
        yield Fact(weight, f"{text}: {_longest_wait(after, before)}.")


def _busy_host(compared: Compared) -> Iterator[Fact]:
    first, second = compared.names
    host_us = [each.rest_us.get("host", 0.0) for each in (compared.found.variant, compared.found.baseline)]
    weight = compared.share(host_us[0] - host_us[1])
    # None at all is what is left where operators alone take longer under the profiler than the bare step.
    if weight >= TELLING and min(host_us) > 0:
        spent = [format_us(us) for us in host_us]
        text = f"Outside of operators, in Python most of all, {second} spends about {spent[0]}"
        yield Fact(weight, f"{text} and {first} {spent[1]}.")


def _longest_wait(after: StepCosts, before: StepCosts) -> str:
    causes: dict[PartKind, str] = {
        "launch": "it waits for launches",
        "host": "it waits for Python and operators",
        "idle": "kernels are queued and begin late",
    }

    def grown_us(kind: PartKind) -> float:
        return abs(after.rest_us.get(kind, 0.0) - before.rest_us.get(kind, 0.0))

    return causes[max(causes, key=grown_us)]


def layers(compared: Compared) -> Iterator[Fact]:
    """Tell in which layers most of the difference is, if there are several; copies count as one."""
    sums: dict[str, list[float]] = {}
    for part in compared.found.by_layer:
        if part.layer:
            change = sums.setdefault(_COPY.sub(".*.", part.name), [0.0, 0.0])
            change[0] += part.baseline_us or 0.0
            change[1] += part.variant_us or 0.0
    shares = {name: compared.share(after - before) for name, (before, after) in sums.items()}
    names = sorted((name for name in sums if shares[name] >= TELLING), key=lambda name: -shares[name])
    names = names[:_MOST_LAYERS]
    whole = sum(shares[name] for name in names)
    if len(sums) < 2 or whole < 2 * TELLING:
        return
    told = [f"{name} ({format_us(sums[name][1])} against {format_us(sums[name][0])})" for name in names]
    much = f"{format_share(whole)} of the difference" if whole <= 1 else "More than the whole difference"
    yield Fact(0.6 * min(whole, 1.0), f"{much} is in {listed(told)}.")


def traffic(compared: Compared) -> Iterator[Fact]:
    """Tell if the operators of either have to move more bytes."""
    before, after = _of_work(compared, "moved_bytes")
    if before and after and max(before / after, after / before) >= _UNLIKE_BYTES:
        first, second = compared.names
        text = f"The operators of {second} read and write at least {format_bytes(after)} a step"
        yield Fact(_weight(after - before, compared), f"{text}, those of {first} {format_bytes(before)}.")


def computing(compared: Compared) -> Iterator[Fact]:
    """Tell if either has to compute more."""
    before, after = _of_work(compared, "flops")
    if before and after and max(before / after, after / before) >= _UNLIKE_FLOPS:
        first, second = compared.names
        text = f"{second} computes {format_flops(after)} a step, {first} {format_flops(before)}."
        yield Fact(_weight(after - before, compared), text)


def _of_work(compared: Compared, field: str) -> tuple[int | None, int | None]:
    """Return a number of either side's work; FLOPs that are a lower bound compare with nothing."""
    before, after = compared.baseline.summary.work, compared.variant.summary.work
    if before is None or after is None:
        return None, None
    if field == "flops" and (before.is_lower_bound or after.is_lower_bound):
        return None, None
    return getattr(before, field), getattr(after, field)


def _weight(more: float, compared: Compared) -> float:
    return 0.35 if (more > 0) == (compared.found.delta_us > 0) else 0.12


def libraries(compared: Compared) -> Iterator[Fact]:
    """Tell if the same kind of work is done by different libraries."""
    first, second = compared.names
    told: list[str] = []
    for role in _CONTESTED:
        before, after = (
            _libraries(costs, role) for costs in (compared.found.baseline, compared.found.variant)
        )
        if before and after and set(before) != set(after):
            owner = "" if told else f"{first}: "
            told.append(f"{role} from {listed(after)} ({owner}{listed(before)})")
    if told:
        yield Fact(0.3, f"{second} takes {listed(told)}.")


def _libraries(costs: StepCosts, role: str) -> list[str]:
    """Return the libraries that do a role's work, the costliest first."""
    spent: dict[str, float] = {}
    for row in costs.work:
        if row.library and role_of(row.name) == role:
            spent[row.library] = spent.get(row.library, 0.0) + row.us
    return sorted(spent, key=lambda library: -spent[library])


def precision(compared: Compared) -> Iterator[Fact]:
    """Tell if the two compute in different types of numbers."""
    if compared.baseline.is_trace or compared.variant.is_trace:
        return
    before, after = compared.baseline.model.dtype, compared.variant.model.dtype
    if before != after:
        first, second = compared.names
        yield Fact(0.5, f"{second} computes in {after}, {first} in {before}.")


def doubt(compared: Compared) -> tuple[str, ...]:
    """Say what speaks against taking the parts at their word; nothing if nothing does."""
    return (*_unexplained(compared), *_interrupted(compared))


def _interrupted(compared: Compared) -> tuple[str, ...]:
    """Tell of interruptions: a few milliseconds in one operator outweigh all that it does in a window.

    A median of steps bears them, the mean of the few profiled steps does not.
    """
    if compared.found.variant.is_device:
        return ()
    shares = [interrupted_share(side) or 0.0 for side in (compared.baseline, compared.variant)]
    if max(shares) <= MANY_INTERRUPTED:
        return ()
    return (_INTERRUPTED,)


def _unexplained(compared: Compared) -> tuple[str, ...]:
    found = compared.found
    remainder_us, delta_us = abs(found.remainder_us), abs(found.delta_us)
    if remainder_us <= _DOUBTFUL * delta_us:
        return ()
    much = f"{format_us(remainder_us)} of the difference of {format_us(delta_us)} are not explained"
    if remainder_us > delta_us:
        much = f"The parts miss the difference of {format_us(delta_us)} by {format_us(remainder_us)}"
    return (f"{much}{_why_unexplained(compared)}. Take them for a hint, no more.",)


def _why_unexplained(compared: Compared) -> str:
    found = compared.found
    queued_us = compared.variant.summary.stepless_us - compared.baseline.summary.stepless_us
    if abs(queued_us) > 0.5 * abs(found.remainder_us):
        return f": {format_us(abs(queued_us))} of what ran was queued before the profiled steps"
    slowest = max((found.baseline, found.variant), key=_stretched)
    if _stretched(slowest) < 1.05:
        return ""
    return f": profiled steps took {format_us(slowest.profiled_us)}, bare ones {format_us(slowest.step_us)}"


def _stretched(costs: StepCosts) -> float:
    return (costs.profiled_us or 0.0) / costs.step_us
