"""Completion of Python by jedi, on a thread of its own."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

LONGEST_LIST = 200


class Completion(QObject):
    """Answers with ``completed``; only the latest question's answer is told.

    jedi looks into compiled modules in a process of its own, so nothing is imported here.
    """

    completed = Signal(list)
    _answered = Signal(int, list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._executor: ThreadPoolExecutor | None = None
        self._generation = 0
        self._answered.connect(self._take, Qt.ConnectionType.QueuedConnection)

    def ask(self, source: str, line: int, column: int, path: Path | None) -> None:
        """Find what may stand at ``line`` (from 1) and ``column`` (from 0)."""
        self._generation += 1
        generation = self._generation
        if self._executor is None:
            self._executor = ThreadPoolExecutor(1, thread_name_prefix="completion")

        def answer(future: Future[list[str]]) -> None:
            names = [] if future.cancelled() or future.exception() else future.result()
            with suppress(RuntimeError):  # the editor may be gone
                self._answered.emit(generation, names)

        self._executor.submit(_complete, source, line, column, path).add_done_callback(answer)

    def close(self) -> None:
        """Take no more questions; the one being answered is answered to nobody."""
        self._generation += 1
        if self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)
            self._executor = None

    def _take(self, generation: int, names: list[str]) -> None:
        if generation == self._generation:
            self.completed.emit(names)


def _complete(source: str, line: int, column: int, path: Path | None) -> list[str]:
    import jedi  # slow to import, and most sessions never complete anything

    found = jedi.Script(source, path=path).complete(line, column)
    return [completion.name for completion in found[:LONGEST_LIST]]
