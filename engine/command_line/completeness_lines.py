"""How complete a profile is, in lines for a person."""

from __future__ import annotations

from typing import TextIO

from engine.analysis.completeness import Completeness


def print_completeness(found: Completeness, file: TextIO, name: str = "") -> None:
    """Print what was seen in a line, then what is missing: what, why and what to do."""
    state = "complete" if found.is_complete else "INCOMPLETE"
    print(f"{f'{name}, ' if name else ''}{state}: {', '.join(_counts(found))}", file=file)
    if found.is_lower_bound:
        print("  Sums of times are at least what they say.", file=file)
    for loss in found.losses:
        print(f"  ! {loss.what} {loss.why}", file=file)
        print(f"    {loss.advice}", file=file)


def _counts(found: Completeness) -> list[str]:
    counts = [f"{found.events:,} events"]
    if found.launches is not None:
        matched = "" if found.launches_matched is None else f" ({found.launches_matched:,} with a kernel)"
        counts.append(f"{found.launches:,} launches{matched}")
    if found.kernels is not None:
        matched = "" if found.kernels_matched is None else f" ({found.kernels_matched:,} with a launch)"
        counts.append(f"{found.kernels:,} kernels{matched}")
    counts += [
        f"{_or_unknown(found.records_dropped)} records dropped",
        f"{_or_unknown(found.records_out_of_range)} out of range",
        _things(found.threads, "thread"),
    ]
    if found.streams:
        counts.append(_things(found.streams, "stream"))
    if found.clock:
        counts.append(f"clock {found.clock}" + (f", steps by {found.step_clock}" if found.step_clock else ""))
    return counts


def _things(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"


def _or_unknown(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"
