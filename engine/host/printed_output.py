"""What the layers print: kept in bounds, whatever they print."""

from __future__ import annotations

import codecs
import threading
from collections import deque
from collections.abc import Callable
from typing import IO

from engine.host.profiler_lines import ProfilerLines

# A layer that prints 100 MB must cost the app neither memory nor its log.
MAXIMUM_BYTES = 1024 * 1024
TAIL_LINES = 60
_LINE_BYTES = 4096


class PrintedOutput(threading.Thread):
    """Drains a worker's stderr to its end, so that a layer that prints never blocks.

    The first MiB goes to ``take``, which may be set and taken away at any time; of the rest only the
    last lines are kept, for the story of a crash.
    """

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__(name="worker-output", daemon=True)
        self.take: Callable[[str], None] | None = None
        self._stream = stream
        self._tail: deque[bytes] = deque(maxlen=TAIL_LINES)
        self._unfinished = b""
        self._received = 0
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._profiler = ProfilerLines()

    def run(self) -> None:
        """Read until the worker is gone."""
        while chunk := self._read():
            self._take_in(self._profiler.without(chunk))
        self._take_in(self._profiler.rest())

    def take_profiler_warnings(self) -> tuple[str, ...]:
        """Return what the profiler printed of its own troubles so far; of lost records, since the last call.

        Any thread.
        """
        return self._profiler.take_warnings()

    def tail(self) -> str:
        """Return the last lines that were printed."""
        return b"\n".join((*self._tail, self._unfinished)).decode("utf-8", "replace").rstrip("\n")

    def _take_in(self, chunk: bytes) -> None:
        if chunk:
            self._remember(chunk)
            self._pass_on(chunk)
            self._received += len(chunk)

    def _remember(self, chunk: bytes) -> None:
        # A chunk may end in the middle of a line, and a line may be without end.
        *lines, unfinished = (self._unfinished + chunk).split(b"\n")
        self._tail.extend(line[-_LINE_BYTES:] for line in lines[-TAIL_LINES:])
        self._unfinished = unfinished[-_LINE_BYTES:]

    def _read(self) -> bytes:
        try:
            return self._stream.read1(65536)  # type: ignore[attr-defined, no-any-return]
        except (OSError, ValueError):
            return b""

    def _pass_on(self, chunk: bytes) -> None:
        take, left = self.take, MAXIMUM_BYTES - self._received
        if take is None or left <= 0:
            return
        # A chunk may end in the middle of a character.
        text = self._decoder.decode(chunk[:left])
        if len(chunk) > left:
            text += "\n… the layers print more than 1 MiB; the rest is left out.\n"
        take(text)
