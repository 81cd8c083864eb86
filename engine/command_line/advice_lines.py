"""Advice on a terminal: a few lines each, those that save the most first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TextIO

from engine.analysis.advice.results import Advice
from engine.analysis.comparison.phrases import quoted
from engine.analysis.units import format_share, format_us
from engine.command_line.wrapped_lines import print_wrapped

_NO_STEP = "The trace marks no step: what happens once, such as start-up, counts like the rest."


def print_advice(
    found: Sequence[Advice], looked_at: Sequence[str], file: TextIO, has_steps: bool = True
) -> None:
    """Print what is worth changing; with nothing, what was looked at.

    Of a trace that marks no step (``has_steps``) savings are a share of the whole profile.
    """
    if not has_steps:
        print_wrapped(_NO_STEP, file)
    if not found:
        print_wrapped(f"Advice: {_nothing(looked_at)}", file)
        return
    print("Advice, by the time that it saves (savings overlap, they don't add up)", file=file)
    for number, advice in enumerate(found, 1):
        print_wrapped(f"{number}. {advice_line(advice)}", file, " ")
        for line in _details(advice):
            print_wrapped(line, file, "    ")
    print(file=file)


def _nothing(looked_at: Sequence[str]) -> str:
    if not looked_at:
        return "none, since no profile shows where the time goes."
    return f"nothing worth acting on found. Looked at: {', '.join(looked_at)}."


def advice_line(advice: Advice) -> str:
    """Return the finding and what it saves, in a line."""
    most = "at most " if advice.is_at_most else "" if advice.kind == "measured" else "about "
    share = format_share(advice.saves_share)
    saved = f"saves {most}{format_us(advice.saves_us)} ({share} of {advice.share_of})"
    return f"{advice.title}: {saved}"


def _details(advice: Advice) -> tuple[str, ...]:
    where = f", most of all {advice.layer}" if advice.layer else ""
    return (
        f"In {quoted(advice.variant)}{where}. {advice.text}",
        *([f"Seen: {'; '.join(advice.evidence)}"] if advice.evidence else []),
        f"{advice.kind.capitalize()}: {advice.basis}",
        f"Do: {advice.what_to_do}",
    )
