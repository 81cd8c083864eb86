"""ChromeColumns: gathers events of a Chrome trace into the columns of an EventTable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace.chrome_details import chrome_details
from engine.trace.chrome_event import AnyChromeEvent, ChromeArgs, Identity, Number
from engine.trace.event_table import ABSENT, DEVICE_KINDS, EventTable, Kind, Track, event_table
from engine.trace.launch_details import LaunchDetails, joined
from engine.wire.problem import ProblemError

# Categories as torch has written them, from 1.8 ("Kernel") on; AMD and Intel use the same.
KIND_OF_CATEGORY = {
    "cpu_op": Kind.OP,
    "Operator": Kind.OP,
    "user_annotation": Kind.ANNOTATION,
    "cuda_profiler_range": Kind.ANNOTATION,
    "python_function": Kind.PYTHON,
    "cuda_runtime": Kind.RUNTIME,
    "cuda_driver": Kind.RUNTIME,
    "xpu_runtime": Kind.RUNTIME,
    "mtia_runtime": Kind.RUNTIME,
    "glow_runtime": Kind.RUNTIME,
    "privateuse1_runtime": Kind.RUNTIME,
    "privateuse1_driver": Kind.RUNTIME,
    "Runtime": Kind.RUNTIME,
    "kernel": Kind.KERNEL,
    "Kernel": Kind.KERNEL,
    "mtia_ccp_events": Kind.KERNEL,
    "gpu_memcpy": Kind.MEMCPY,
    "Memcpy": Kind.MEMCPY,
    "gpu_memset": Kind.MEMSET,
    "Memset": Kind.MEMSET,
    "cuda_sync": Kind.SYNC,
    "overhead": Kind.OVERHEAD,
}
# What only repeats other rows: the profiler's own span, and annotations projected onto streams.
LEFT_OUT_CATEGORIES = frozenset({"Trace", "gpu_user_annotation"})
WITHOUT_START = "without a start"

# Plain numbers: members of an enum are slow to look up and to put into arrays.
_KIND_NUMBERS: dict[str | None, int] = {name: int(kind) for name, kind in KIND_OF_CATEGORY.items()}
_UNKNOWN = int(Kind.ANNOTATION)
_ON_DEVICE = frozenset(map(int, DEVICE_KINDS))
_WITH_OWN_ID = (int(Kind.OP), int(Kind.ANNOTATION))
_MOST_TRACKS = np.iinfo(np.int16).max
# Above this many microseconds a binary float no longer tells every nanosecond from the next.
_EXACT_BELOW_US = 2**43
_NO_ARGS = ChromeArgs()

# What a row says of where it belongs: kind, pid, tid, device, stream and thread.
_Place = tuple[int, Identity, Identity, Identity, Identity, int | None]


class InexactTimesError(Exception):
    """The times don't fit binary floats: decode the events with exact decimals."""


class ChromeColumns:
    """Takes events in any order; `table` gives all so far. ``left_out`` counts the others, by why."""

    def __init__(self) -> None:
        self.left_out: Counter[str] = Counter()
        self.memory: list[tuple[int, ChromeArgs]] = []
        self._names: dict[str, int] = {}
        self._tracks: dict[Track, int] = {}
        self._track_of_place: dict[_Place, int] = {}
        self._layers: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._parts: list[dict[str, NDArray[Any]]] = []
        self._details: list[LaunchDetails] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def append(self, events: Sequence[AnyChromeEvent]) -> None:
        """Add rows. Raises `InexactTimesError` if their times need `ExactChromeEvent`."""
        rows = []
        for event in events:
            if event.ph == "X" and event.ts is not None and event.cat not in LEFT_OUT_CATEGORIES:
                rows.append(event)
            elif event.ph != "M":
                self._set_aside(event)
        if rows:
            self._append_rows(rows)

    def table(self, base_ns: int) -> EventTable:
        """Return the table; ``base_ns`` is added to all starts."""
        columns: dict[str, Any] = {"name": (), "kind": ()}
        if self._parts:
            columns = {key: np.concatenate([part[key] for part in self._parts]) for key in self._parts[0]}
            columns["start_ns"] = columns["start_ns"] + base_ns
        names, tracks, layers = tuple(self._names), tuple(self._tracks), tuple(self._layers)
        return event_table(names, tracks, layers, joined(self._details), **columns)

    def _set_aside(self, event: AnyChromeEvent) -> None:
        if event.ph == "i" and event.name == "[memory]" and event.ts is not None and event.args is not None:
            self.memory.append((int(nanoseconds([event.ts])[0]), event.args))
        elif event.ph == "X":
            self.left_out[event.cat if event.cat in LEFT_OUT_CATEGORIES else WITHOUT_START] += 1
        elif event.ph not in ("s", "f", "t"):
            self.left_out[f'of type "{event.ph}"'] += 1

    def _append_rows(self, rows: Sequence[AnyChromeEvent]) -> None:
        start_ns = nanoseconds([row.ts for row in rows])  # type: ignore[misc]
        duration_ns = nanoseconds([row.dur or 0 for row in rows])
        names, layers = self._names, self._layers
        args = [row.args or _NO_ARGS for row in rows]
        kinds = [_KIND_NUMBERS.get(row.cat, _UNKNOWN) for row in rows]
        kind = np.array(kinds, np.uint8)
        own = np.isin(kind, _WITH_OWN_ID)
        on_device = np.flatnonzero(np.isin(kind, DEVICE_KINDS)).tolist()
        if on_device:
            self._details.append(chrome_details(args, on_device, self._count))
        self._count += len(rows)
        external = [arg.external_id or 0 for arg in args]
        pairing = [arg.correlation or 0 for arg in args]
        self._parts.append(
            {
                "name": _ints([names.setdefault(row.name, len(names)) for row in rows], np.int32),
                "kind": kind,
                "start_ns": start_ns,
                "duration_ns": duration_ns,
                "track": _ints(self._track_numbers(rows, args, kinds), np.int16),
                "thread": _ints([arg.thread or 0 for arg in args], np.int16),
                "correlation": np.where(own, _ints(external, np.int64), _ints(pairing, np.int64)),
                "linked": np.where(own, 0, _ints(external, np.int64)),
                "sequence": _ints([_or_absent(arg.sequence) for arg in args], np.int32),
                "forward_thread": _ints([arg.forward_thread or 0 for arg in args], np.int16),
                "layer": _ints([_layer_id(layers, arg.layer) for arg in args], np.int32),
            }
        )

    def _track_numbers(
        self, rows: Sequence[AnyChromeEvent], args: Sequence[ChromeArgs], kinds: Sequence[int]
    ) -> list[int]:
        known = self._track_of_place
        places: list[_Place] = [
            (kind, row.pid, row.tid, arg.device, arg.stream, arg.track_thread)
            for row, arg, kind in zip(rows, args, kinds, strict=True)
        ]
        return [known[place] if place in known else self._new_place(place) for place in places]

    def _new_place(self, place: _Place) -> int:
        kind, pid, tid, device, stream, thread = place
        if kind in _ON_DEVICE or (kind == Kind.SYNC and device is not None):
            device = self._number(pid if device is None else device)
            track = Track(device, device, self._number(tid if stream is None else stream))
        else:
            track = Track(self._number(pid), ABSENT, self._number(tid if thread is None else thread))
        number = self._tracks.setdefault(track, len(self._tracks))
        if number > _MOST_TRACKS:
            raise ProblemError(
                f"This trace has more than {_MOST_TRACKS} threads and streams.",
                hint="Record fewer processes, or a shorter time.",
            )
        self._track_of_place[place] = number
        return number

    def _number(self, identity: Identity) -> int:
        """Return an id as a number; words ("Spans") get negative ones of their own."""
        if isinstance(identity, int):
            return identity
        try:
            return int(identity or 0)
        except ValueError:
            return -1000 - self._words.setdefault(str(identity), len(self._words))


def nanoseconds(microseconds: list[Number]) -> NDArray[np.int64]:
    """Convert exactly. Raises `InexactTimesError` where binary floats no longer can."""
    if any(isinstance(value, Decimal) for value in microseconds):
        exact = [int((Decimal(value) * 1000).to_integral_value()) for value in microseconds]
        return np.array(exact, np.int64)
    values = np.array(microseconds)
    if values.dtype.kind == "i":
        return values.astype(np.int64) * 1000
    if not np.all(np.abs(values) < _EXACT_BELOW_US):
        raise InexactTimesError
    # Split first: the product of a large float would lose the last nanosecond again.
    whole = np.floor(values)
    result: NDArray[np.int64] = whole.astype(np.int64) * 1000
    result += np.rint((values - whole) * 1000).astype(np.int64)
    return result


def _or_absent(number: int | None) -> int:
    return ABSENT if number is None else number


def _layer_id(layers: dict[str, int], path: str | None) -> int:
    return ABSENT if path is None else layers.setdefault(path, len(layers))


def _ints(values: list[int], dtype: type[np.signedinteger[Any]]) -> NDArray[Any]:
    try:
        return np.array(values, dtype)
    except OverflowError:
        # Ids that don't fit (unsigned 64 bits) keep their low bits: they only need to differ.
        bits = 8 * np.dtype(dtype).itemsize - 1
        return np.array([value & ((1 << bits) - 1) if value >= 0 else value for value in values], dtype)
