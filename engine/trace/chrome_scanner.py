"""ChromeScanner: walks the events of a Chrome trace in pieces, past whatever is damaged."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from engine.trace.chrome_event import AnyChromeEvent, ChromeDecoder, decode_odd_event
from engine.trace.long_work import LongWork
from engine.wire.problem import ProblemError

_LARGEST_PIECE_BYTES = 4 << 20
# An event may hold objects, so its text may have inner boundaries; more than this is damage.
_INNER_BOUNDARIES = 40

_ARRAY = re.compile(rb'"traceEvents"\s*:\s*\[')
# Where one event may end: before the next, or before the end of the array.
_BOUNDARY = re.compile(rb"\}\s*(?:,\s*(?=\{)|\])")
_NEXT_EVENT = re.compile(rb',\s*(?=\{\s*"(?:ph|name|cat|pid|tid|ts|args)"\s*:)')
_NOT_SPACE = re.compile(rb"\S")


class ChromeScanner:
    """Yields lists of events. After that, ``header``, ``damaged_rows`` and ``is_cut_off`` are true.

    A piece of text between two boundaries that decodes as a list of events *is* one: its brackets
    balance and it began at an event. So guessing boundaries is safe, and pieces can be large. Where
    a piece doesn't decode, smaller ones close in on the row that is the reason.
    """

    def __init__(self, data: bytes | bytearray, decode: ChromeDecoder) -> None:
        self._data = data
        self._view = memoryview(data)
        self._decode = decode
        self.header: dict[str, Any] = {}
        self.header_is_whole = False
        self.damaged_rows = 0
        self.is_cut_off = False
        self._before = b""
        self._start = self._find_array()

    def pieces(self, work: LongWork) -> Iterator[Sequence[AnyChromeEvent]]:
        """Yield the events, in the order of the file, and read the header on the way."""
        self._read_header(b"")
        position: int | None = self._start
        first = _NOT_SPACE.search(self._data, self._start)
        if first is not None and first[0] == b"]":
            self._read_header(bytes(self._view[first.end() :]))
            return
        piece_bytes = 1 << 16
        total = max(1, len(self._data))
        while position is not None:
            work.report(position / total)
            match = _BOUNDARY.search(self._data, position + piece_bytes)
            events = self._decode_piece(position, match.start() + 1) if match is not None else None
            if match is not None and events is not None:
                piece_bytes = min(_LARGEST_PIECE_BYTES, piece_bytes * 4)
                yield events
                position = self._step(match)
            elif piece_bytes > 1024:
                piece_bytes //= 8
            else:
                event, position = self._odd_event(position)
                if event is not None:
                    yield [event]

    def _find_array(self) -> int:
        first = _NOT_SPACE.search(self._data, 3 if self._data[:3] == b"\xef\xbb\xbf" else 0)
        if first is not None and first[0] == b"[":
            return first.end()
        match = _ARRAY.search(self._data)
        if first is None or first[0] != b"{" or match is None:
            what = "is empty" if first is None else "holds no trace events"
            raise ProblemError(
                f"This file {what}.",
                hint="Open what torch.profiler's export_chrome_trace wrote (.json, .json.gz or .zst).",
            )
        self._before = bytes(self._view[first.start() : match.start()])
        return match.end()

    def _decode_piece(self, start: int, end: int) -> Sequence[AnyChromeEvent] | None:
        try:
            return self._decode(b"".join((b"[", self._view[start:end], b"]")))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, OverflowError):
            return None

    def _step(self, boundary: re.Match[bytes]) -> int | None:
        """Return where the next event begins, or None behind the last."""
        if boundary[0].endswith(b"]"):
            self._read_header(bytes(self._view[boundary.end() :]))
            return None
        return boundary.end()

    def _odd_event(self, position: int) -> tuple[AnyChromeEvent | None, int | None]:
        """Read one event that no piece can hold; return it and where the next begins."""
        at = position
        for _ in range(_INNER_BOUNDARIES):
            match = _BOUNDARY.search(self._data, at)
            if match is None:
                break
            text = bytes(self._view[position : match.start() + 1])
            events = self._decode_piece(position, match.start() + 1)
            event = events[0] if events else decode_odd_event(text)
            if event is not None:
                return event, self._step(match)
            at = match.start() + 1
        following = _NEXT_EVENT.search(self._data, position)
        if following is not None:
            self.damaged_rows += 1
            return None, following.end()
        self.is_cut_off = True
        # Cut between two events, the last one is whole.
        rest = bytes(self._view[position:]).rstrip(b", \r\n\t")
        return decode_odd_event(rest), None

    def _read_header(self, behind: bytes) -> None:
        """Read what stands around the events; ``behind`` may lack its end, or be unknown yet."""
        if not self._before:
            self.header_is_whole = True
            return
        array = b'"traceEvents":[]'
        for end in (behind, b"}"):
            text = self._before + array + end
            try:
                header = json.loads(text.decode("utf-8", "replace"), strict=False)
            except (ValueError, RecursionError):
                continue
            self.header = header
            self.header_is_whole = end is behind
            return
