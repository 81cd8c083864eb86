"""What is worth changing after a run, as the Checks page asks for it."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.advice.advise import advise, looked_at
from engine.analysis.comparison.run_comparisons import run_comparisons
from engine.analysis.results import RunSummary
from engine.recording.recording import Recording
from gui.checks_page.check_entry import AdviceGiven


@dataclass(frozen=True, eq=False)
class AdviceQuestion:
    """A run that has ended, and its summary."""

    recording: Recording
    summary: RunSummary


def advice_of(question: AdviceQuestion) -> AdviceGiven:
    """Work out the advice: off the GUI thread. Whatever fails, the reason says it."""
    recording, summary = question.recording, question.summary
    try:
        comparisons = run_comparisons(recording, summary)
        advice = advise(recording, summary, comparisons)
        return AdviceGiven(advice=advice, looked_at=looked_at(recording, summary))
    except Exception as error:
        return AdviceGiven(reason=f"{type(error).__name__}: {error}")
