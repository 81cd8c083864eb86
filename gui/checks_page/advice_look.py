"""AdviceLook: what is worth changing after a run, worked out on a thread of its own."""

from __future__ import annotations

from threading import Thread

from engine.analysis.advice.advise import advise
from engine.analysis.advice.results import Advice
from engine.analysis.results import RunSummary
from engine.recording.recording import Recording


class AdviceLook(Thread):
    """Started once; ``advice`` is there when ``is_done``. ``reason`` says why there is none, if it failed."""

    def __init__(self, recording: Recording, summary: RunSummary) -> None:
        super().__init__(name="advice", daemon=True)
        self.summary = summary
        self.advice: tuple[Advice, ...] = ()
        self.reason = ""
        self.is_done = False
        self._recording = recording

    def run(self) -> None:
        """Work it out."""
        try:
            self.advice = advise(self._recording, self.summary)
        except Exception as error:
            self.reason = f"{type(error).__name__}: {error}"
        finally:
            self.is_done = True
