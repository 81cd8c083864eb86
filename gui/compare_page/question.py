"""What the Compare page asks for, and the answer."""

from __future__ import annotations

import traceback
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.results import Comparison
from engine.analysis.comparison.run_comparisons import run_comparisons, sides_of
from engine.analysis.comparison.side import Side
from engine.analysis.comparison.step_spread import StepSpread, step_spread
from engine.analysis.results import RunSummary
from engine.recording.recording import SUFFIX, Recording
from engine.wire.problem import Problem


@dataclass(frozen=True, eq=False)
class OtherRun:
    """A recording or trace beside the one that shows, with its summary."""

    path: Path
    recording: Recording
    summary: RunSummary

    @property
    def title(self) -> str:
        """What tells its variants from those that show: when it was recorded, of a trace its file's name."""
        if self.path.suffix != SUFFIX:
            return self.path.name
        return f"{datetime.fromtimestamp(self.recording.created_ns / 1e9):%Y-%m-%d %H:%M}"


@dataclass(frozen=True, eq=False)
class Question:
    """``baseline`` is a variant's number in this run; ``other`` stands in its place if there is one."""

    recording: Recording
    summary: RunSummary
    baseline: int
    other: OtherRun | None = None


@dataclass(frozen=True, eq=False)
class Answer:
    """Comparisons of one question, and each one's spread of step times (None: no bare steps).

    ``variants`` are the numbers of the compared variants in the run.
    """

    question: Question
    comparisons: tuple[Comparison, ...]
    spreads: tuple[StepSpread | None, ...]
    variants: tuple[int, ...]


def answer_of(question: Question) -> Answer:
    """Compute the answer. Takes as long as sorting all step times a few times over: off the GUI thread."""
    sides = sides_of(question.recording, question.summary)
    if question.other is not None:
        return _against_other(question, question.other, sides)
    comparisons = run_comparisons(question.recording, question.summary, question.baseline)
    if not comparisons:
        # The run ended before the baseline was built.
        return Answer(question, (), (), ())
    variants = tuple(number for number in range(len(sides)) if number != question.baseline)
    spreads = tuple(step_spread(sides[question.baseline], sides[number], True) for number in variants)
    return Answer(question, comparisons, spreads, variants)


def failure_of(error: Exception) -> Problem:
    """Return what to say of a question that could not be answered."""
    return Problem(
        f"The variants could not be compared ({type(error).__name__}: {error}).",
        hint="The run and its recording are unharmed.",
        traceback="".join(traceback.format_exception(error)),
    )


def _against_other(question: Question, other: OtherRun, sides: tuple[Side, ...]) -> Answer:
    baselines = sides_of(other.recording, other.summary)
    pairs = [(_titled(_like(side, baselines), other), side) for side in sides] if baselines else []
    comparisons = tuple(compare_sides(baseline, side) for baseline, side in pairs)
    spreads = tuple(step_spread(baseline, side, False) for baseline, side in pairs)
    return Answer(question, comparisons, spreads, tuple(range(len(pairs))))


def _like(side: Side, others: tuple[Side, ...]) -> Side:
    """Return the other run's variant of the same name, else its first."""
    return next((other for other in others if other.name == side.name), others[0])


def _titled(side: Side, other: OtherRun) -> Side:
    return replace(side, name=f"{side.name} ({other.title})")
