"""Answering: works out answers to questions off the GUI thread, to the newest one only."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Thread
from typing import Generic, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

_LOOK_EVERY_MS = 33
# As with the summaries: what is worked out of a run in progress must never take more than a fifth of a core.
_REST_FACTOR = 4.0

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class _Task(Thread, Generic[Question, Answer]):
    """One question being answered. When ``is_done``, either ``answer`` or ``error`` is set."""

    def __init__(self, question: Question, compute: Callable[[Question], Answer]) -> None:
        super().__init__(name="answering", daemon=True)
        self.answer: Answer | None = None
        self.error: Exception | None = None
        self.seconds = 0.0
        self.is_done = False
        self._question = question
        self._compute = compute

    def run(self) -> None:
        """Compute the answer."""
        started = time.perf_counter()
        try:
            self.answer = self._compute(self._question)
        except Exception as error:
            self.error = error
        finally:
            self.seconds = time.perf_counter() - started
            self.is_done = True


class Answering(QObject, Generic[Question, Answer]):
    """One question at a time; of those asked meanwhile only the newest is answered, after a rest.

    ``answered`` carries the answer, ``failed`` the exception that there is in place of one.
    """

    answered = Signal(object)
    failed = Signal(object)

    def __init__(
        self,
        compute: Callable[[Question], Answer],
        parent: QObject | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self._compute = compute
        self._clock = clock
        self._task: _Task[Question, Answer] | None = None
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
            if task.error is not None:
                self.failed.emit(task.error)
            else:
                self.answered.emit(task.answer)
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
