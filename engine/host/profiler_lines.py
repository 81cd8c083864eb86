"""What torch's profiler (kineto) prints about itself, told apart from what the layers print."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from engine.trace.profiler_warnings import is_of_one_session

# "WARNING:2026-01-31 12:00:00 4711:4711 init.cpp:129] CUPTI initialization failed": kineto's Logger.cpp.
_LINE = re.compile(
    rb"(STAGE|USDT|WARNING|ERROR):\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d+:\d+ [\w.]+:\d+\] (?P<text>[^\n]*)\n"
)
# As much of such a line as can have arrived of it.
_BEGINNINGS = tuple(word + b":" for word in (b"STAGE", b"USDT", b"WARNING", b"ERROR"))
_TROUBLES = (b"WARNING", b"ERROR")
_LONGEST_LINE = 4096
MOST_WARNINGS = 20


class ProfilerLines:
    """Takes bytes as they were printed, and gives them back without the profiler's starts and stops.

    Its warnings are kept, and stay in what is given back: in ``warnings``, each once, those that hold
    from then on. A line that has begun like one of the profiler's waits for its end.
    """

    def __init__(self) -> None:
        self.warnings: tuple[str, ...] = ()
        self._of_session: deque[str] = deque(maxlen=MOST_WARNINGS)
        self._begun = b""

    def take_warnings(self) -> tuple[str, ...]:
        """Return ``warnings``, and those of one session that came since this was last called. Any thread."""
        return (*self.warnings, *self._taken())

    def _taken(self) -> Iterator[str]:
        # The thread that reads may append meanwhile.
        while self._of_session:
            yield self._of_session.popleft()

    def without(self, chunk: bytes) -> bytes:
        """Return what of the chunk, and of what waited, is no start or stop."""
        lines = (self._begun + chunk).splitlines(keepends=True)
        self._begun = lines.pop() if lines and _may_become_one(lines[-1]) else b""
        return b"".join(self._kept(lines))

    def rest(self) -> bytes:
        """Return what still waits: no more will come."""
        begun, self._begun = self._begun, b""
        return begun

    def _kept(self, lines: list[bytes]) -> Iterator[bytes]:
        for line in lines:
            match = _LINE.fullmatch(line)
            if match is None or match[1] in _TROUBLES:
                yield line
            if match is not None and match[1] in _TROUBLES:
                self._remember(match["text"].decode("utf-8", "replace").strip())

    def _remember(self, warning: str) -> None:
        if is_of_one_session(warning):
            self._of_session.append(warning)
        elif warning not in self.warnings and len(self.warnings) < MOST_WARNINGS:
            self.warnings = (*self.warnings, warning)


def _may_become_one(line: bytes) -> bool:
    if line.endswith(b"\n") or len(line) > _LONGEST_LINE:
        return False
    return any(line.startswith(word) or word.startswith(line) for word in _BEGINNINGS)
