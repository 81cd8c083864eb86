"""Ctrl+C while a run goes on: the first asks it to stop, the second kills it, the third leaves.

A terminal that is closed asks as well.
"""

from __future__ import annotations

import signal
from types import TracebackType
from typing import Protocol, Self

from engine.command_line.messages import say

# Windows has none.
_HANG_UP = getattr(signal, "SIGHUP", None)
_SIGNALS = tuple(number for number in (signal.SIGINT, signal.SIGTERM, _HANG_UP) if number is not None)


class StoppableRun(Protocol):
    """What an interruption needs of an `engine.host.engine.EngineThread`."""

    def stop(self) -> None: ...
    def kill(self) -> None: ...


class Interruption:
    """While entered, SIGINT, SIGTERM and SIGHUP stop the run."""

    def __init__(self, run: StoppableRun) -> None:
        self._run = run
        self._count = 0
        self._before: dict[int, object] = {}

    def __enter__(self) -> Self:
        for number in _SIGNALS:
            if number == _HANG_UP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # Started with nohup: the run outlives its terminal.
            self._before[number] = signal.signal(number, self._interrupt)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() gave is what it takes

    def _interrupt(self, *_: object) -> None:
        self._count += 1
        if self._count == 1:
            say("Stopping. What was measured is kept; press Ctrl+C again to kill the run.")
            self._run.stop()
        elif self._count == 2:
            say("Killing the run.")
            self._run.kill()
        else:
            raise KeyboardInterrupt
