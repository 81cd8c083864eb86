"""AdviceLook: what is worth changing after a run, worked out on a thread of its own."""

from __future__ import annotations

from threading import Thread

from engine.analysis.advice.advise import advise, looked_at
from engine.analysis.advice.results import Advice
from engine.analysis.comparison.run_comparisons import run_comparisons
from engine.analysis.results import RunSummary
from engine.recording.recording import Recording


class AdviceLook(Thread):
    """Started once; ``advice`` is there when ``is_done``.

    ``looked_at`` says what advice could have been given on, ``reason`` why there is none, if that failed.
    """

    def __init__(self, recording: Recording, summary: RunSummary) -> None:
        super().__init__(name="advice", daemon=True)
        self.summary = summary
        self.advice: tuple[Advice, ...] = ()
        self.looked_at: tuple[str, ...] = ()
        self.reason = ""
        self.is_done = False
        self._recording = recording

    def run(self) -> None:
        """Work it out."""
        try:
            comparisons = run_comparisons(self._recording, self.summary)
            self.advice = advise(self._recording, self.summary, comparisons)
            self.looked_at = looked_at(self._recording, self.summary)
        except Exception as error:
            self.reason = f"{type(error).__name__}: {error}"
        finally:
            self.is_done = True
