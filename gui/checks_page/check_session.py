"""CheckSession: the checks of the project's variants, one after the other, as signals on the GUI thread."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment.experiment import Experiment
from engine.host.check_events import CheckEvent, ChecksFinished
from engine.host.check_thread import CheckListener
from engine.trace.check_result import CheckReport
from engine.wire.problem import ProblemError
from gui.checks_page.variant_checks import VariantChecks

TICK_MS = 33


class CheckingThread(Protocol):
    """The part of `engine.host.check_thread.CheckThread` used here."""

    def stop(self) -> None: ...
    def kill(self) -> None: ...


class ChecksExperiments(Protocol):
    """The part of `engine.host.engine.Engine` used here."""

    def check(
        self, experiment: Experiment, variant_index: int, base_directory: Path, listener: CheckListener
    ) -> CheckingThread: ...


class CheckSession(QObject):
    """Every ``started`` is followed by exactly one ``finished``; ``changed`` tells of each step between.

    What was found stays until the next start; ``checked`` is the experiment that it is of.
    """

    started = Signal()
    changed = Signal()
    finished = Signal()

    def __init__(self, engine: ChecksExperiments, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.variants: tuple[VariantChecks, ...] = ()
        self.checked: Experiment | None = None
        self._engine = engine
        self._base_directory = Path()
        self._events: SimpleQueue[CheckEvent] = SimpleQueue()
        self._thread: CheckingThread | None = None
        self._current: int | None = None
        self._is_stopping = False
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def is_running(self) -> bool:
        """Whether checks are being made."""
        return self._current is not None

    @property
    def is_stopping(self) -> bool:
        """Whether they were asked to stop and have not yet."""
        return self.is_running and self._is_stopping

    @property
    def fraction(self) -> float:
        """How far all variants together are, 0 … 1."""
        return sum(v.fraction for v in self.variants) / len(self.variants) if self.variants else 0.0

    @property
    def reports(self) -> tuple[CheckReport, ...]:
        """What was found so far, of each variant."""
        return tuple(CheckReport(model=v.name, results=v.results) for v in self.variants)

    def start(self, experiment: Experiment, base_directory: Path, variants: Sequence[int]) -> None:
        """Check these variants, by number. Does nothing while checks are being made."""
        if self.is_running or not variants:
            return
        self.checked, self._base_directory = experiment, base_directory
        names = [variant.name for variant in experiment.variants]
        self.variants = tuple(VariantChecks(name=names[number], number=number) for number in variants)
        self._is_stopping = False
        self._current = 0
        self.started.emit()
        self._start_current()
        self._timer.start()

    def stop(self) -> None:
        """Ask the checks to end; what was found stays."""
        self._is_stopping = True
        if self._thread is not None:
            self._thread.stop()

    def kill(self) -> None:
        """End the checks at once: something else needs the machine."""
        self._is_stopping = True
        if self._thread is not None:
            self._thread.kill()

    def forget(self) -> None:
        """Show nothing: another project is open. Checks being made end, and nobody hears of it."""
        self.kill()
        was_running, self._current, self._thread = self.is_running, None, None
        self.variants, self.checked = (), None
        self._timer.stop()
        self.changed.emit()
        if was_running:
            self.finished.emit()

    def close(self) -> None:
        """End with the window."""
        self.kill()
        self._timer.stop()

    def _start_current(self) -> None:
        assert self._current is not None
        assert self.checked is not None
        self._events = SimpleQueue()
        variant = self.variants[self._current]
        self._replace(VariantChecks(name=variant.name, number=variant.number, stage="building"))
        try:
            self._thread = self._engine.check(
                self.checked, variant.number, self._base_directory, self._events.put
            )
        except ProblemError as error:
            report = CheckReport(model=variant.name, results=())
            self._events.put(ChecksFinished(outcome="failed", report=report, problem=error.problem))

    def _tick(self) -> None:
        has_news = False
        while self._current is not None and (event := self._next_event()) is not None:
            has_news = True
            self._take(event)
        if has_news:
            self.changed.emit()
        if self._current is None:
            self._timer.stop()
            self.finished.emit()

    def _next_event(self) -> CheckEvent | None:
        try:
            return self._events.get_nowait()
        except Empty:
            return None

    def _take(self, event: CheckEvent) -> None:
        assert self._current is not None
        self._replace(self.variants[self._current].after(event))
        if not isinstance(event, ChecksFinished):
            return
        self._thread = None
        is_last = self._current == len(self.variants) - 1
        if is_last or self._is_stopping:
            self._current = None
        else:
            self._current += 1
            self._start_current()

    def _replace(self, variant: VariantChecks) -> None:
        assert self._current is not None
        known = list(self.variants)
        known[self._current] = variant
        self.variants = tuple(known)
