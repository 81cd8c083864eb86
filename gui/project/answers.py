"""Answers of futures, taken on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeAlias

from PySide6.QtCore import QObject, Qt, Signal

from engine.wire.problem import Problem, ProblemError

Take: TypeAlias = Callable[[Any, Problem | None], None]
"""Takes a value, or None and the problem there was."""


@dataclass(frozen=True)
class _Answer:
    take: Take
    value: Any
    problem: Problem | None


class Answers(QObject):
    """Brings what a future says from whatever thread says it to the thread of this object."""

    _arrived = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._arrived.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def watch(self, ask: Callable[[], Future[Any]], take: Take) -> None:
        """Call ``ask`` now, and ``take`` later with its answer; never before this returns."""

        def answer(future: Future[Any]) -> None:
            value, problem = _result(future)
            # The window may be gone by the time a worker answers.
            with suppress(RuntimeError):
                self._arrived.emit(_Answer(take, value, problem))

        try:
            ask().add_done_callback(answer)
        except ProblemError as error:
            self._arrived.emit(_Answer(take, None, error.problem))

    def _take(self, answer: _Answer) -> None:
        answer.take(answer.value, answer.problem)


def _result(future: Future[Any]) -> tuple[Any, Problem | None]:
    hint = "Edit the model to inspect it again."
    try:
        return future.result(), None
    except ProblemError as error:
        return None, error.problem
    except CancelledError:
        return None, Problem("The inspection was cancelled.", hint=hint)
    except Exception as error:  # any other failure must reach the person too
        return None, Problem(f"The inspection failed: {error!r}.", hint=hint)
