"""Comparing: answers questions off the GUI thread, the newest one only."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from threading import Thread

from PySide6.QtCore import QObject, QTimer, Signal

from engine.wire.problem import Problem
from gui.compare_page.question import Answer, Question, answer_of

_LOOK_EVERY_MS = 33
# As with the summaries: comparing a run in progress must never take more than a fifth of a core.
_REST_FACTOR = 4.0

Compute = Callable[[Question], Answer]


class _Task(Thread):
    """One question being answered."""

    def __init__(self, question: Question, compute: Compute) -> None:
        super().__init__(name="comparing", daemon=True)
        self.question = question
        self.answer: Answer | None = None
        self.problem: Problem | None = None
        self.seconds = 0.0
        self.is_done = False
        self._compute = compute

    def run(self) -> None:
        """Compute the answer."""
        started = time.perf_counter()
        try:
            self.answer = self._compute(self.question)
        except Exception as error:
            self.problem = _problem(error)
        finally:
            self.seconds = time.perf_counter() - started
            self.is_done = True


class Comparing(QObject):
    """One question at a time; of those asked meanwhile only the newest is answered, after a rest.

    ``answered`` carries an `Answer`, ``failed`` a `Problem`.
    """

    answered = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        parent: QObject | None = None,
        compute: Compute = answer_of,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._compute = compute
        self._clock = clock
        self._task: _Task | None = None
        self._next: tuple[Question, bool] | None = None
        self._rests_until = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MS)
        self._timer.timeout.connect(self.look)

    @property
    def is_busy(self) -> bool:
        """Whether an answer is still to come."""
        return self._task is not None or self._next is not None

    def ask(self, question: Question, is_urgent: bool) -> None:
        """Ask; an urgent question (a person's choice, the end of a run) is not kept waiting by a rest."""
        was_urgent = self._next is not None and self._next[1]
        self._next = (question, is_urgent or was_urgent)
        self._timer.start()
        self._start_next()

    def forget(self) -> None:
        """Answer nothing any more of what was asked."""
        self._task = self._next = None
        self._timer.stop()

    def look(self) -> None:
        """Hand on what is done, and go on with what waits."""
        task = self._task
        if task is not None and task.is_done:
            self._task = None
            self._rests_until = self._clock() + _REST_FACTOR * task.seconds
            if task.answer is not None:
                self.answered.emit(task.answer)
            elif task.problem is not None:
                self.failed.emit(task.problem)
        self._start_next()
        if not self.is_busy:
            self._timer.stop()

    def _start_next(self) -> None:
        if self._task is not None or self._next is None:
            return
        question, is_urgent = self._next
        if is_urgent or self._clock() >= self._rests_until:
            self._next = None
            self._task = _Task(question, self._compute)
            self._task.start()


def _problem(error: Exception) -> Problem:
    return Problem(
        f"The variants could not be compared ({type(error).__name__}: {error}).",
        hint="The run and its recording are unharmed.",
        traceback="".join(traceback.format_exception(error)),
    )
