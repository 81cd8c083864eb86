"""Raw profiler events to columns, as fast as Python can read them."""

from __future__ import annotations

import os
import re
from array import array
from itertools import compress
from typing import Any, Callable, Sequence

from engine.wire.kinds import LAYER_PREFIX, PHASE_PREFIX, STEP_PREFIX, Kind

# Bare ints: an array takes them without a call.
_OP, _KERNEL, _MEMCPY, _MEMSET, _RUNTIME, _ANNOTATION, _PYTHON, _SYNC, _OVERHEAD = map(int, Kind)

_KINDS = {
    "cpu_op": _OP,
    "user_annotation": _ANNOTATION,
    "python_function": _PYTHON,
    "kernel": _KERNEL,
    "concurrent_kernel": _KERNEL,
    "gpu_memcpy": _MEMCPY,
    "gpu_memset": _MEMSET,
    "cuda_runtime": _RUNTIME,
    "cuda_driver": _RUNTIME,
    "xpu_runtime": _RUNTIME,
    "xpu_driver": _RUNTIME,
    "privateuse1_runtime": _RUNTIME,
    "privateuse1_driver": _RUNTIME,
    "mtia_runtime": _RUNTIME,
    "cuda_sync": _SYNC,
    "overhead": _OVERHEAD,
}
# Rows that repeat kernel time (gpu_user_annotation) or carry no time at all.
_LEFT_OUT = frozenset(
    {"gpu_user_annotation", "cpu_instant_event", "external_correlation", "cuda_profiler_range", "cuda_event"}
)
# cudaLaunchKernel, hipMemcpyAsync, cuLaunchKernelEx, zeCommandListAppendLaunchKernel, urEnqueueKernelLaunch;
# a person's own range may be called "custom" or "zero".
_RUNTIME_CALL = re.compile(r"_*(cuda|cu|hip|ze|ur)[A-Z]\w*")
# Rows that a torch which doesn't tell kinds gives away by their names alone, as kineto writes them.
_SYNC_NAMES = frozenset({"Context Sync", "Stream Sync", "Event Sync", "Stream Wait Event"})
_OVERHEAD_NAMES = frozenset(
    {
        *("Activity Buffer Request", "Buffer Flush", "Instrumentation", "Resource", "Command Buffer Full"),
        *("Lazy Function Loading", "Runtime Triggered Module Loading"),
    }
)
_ON_DEVICE = frozenset((_KERNEL, _MEMCPY, _MEMSET, _SYNC))
# What the device's own tracer reports, as opposed to torch.
_FROM_KINETO = _ON_DEVICE | {_RUNTIME, _OVERHEAD}
_RANGE_PREFIXES = (LAYER_PREFIX, PHASE_PREFIX, STEP_PREFIX)
# What is read of every event.
_FIELDS = ("name", "start_ns", "duration_ns", "device_resource_id", "sequence_nr")
_BATCH = 256
# What tells an event's kind: its type, a string; or, where all are torch's own, at half the cost a number,
# at::RecordScope, of which USER_SCOPE (7) is record_function's.
_TYPE, _SCOPE = "activity_type", "scope"
_KINDS_OF_SCOPES = tuple(_ANNOTATION if scope == 7 else _OP for scope in range(256))
# Every step has a name of its own. Forgotten beyond this, or a run of days would keep them all.
MOST_NAMES = 20_000


class StringTable:
    """Names seen so far in this process; each travels to the app once, until all are forgotten.

    ``ranges`` are the ids of names that our own ranges have.
    """

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._new: list[str] = []
        self.ranges: set[int] = set()

    def ids(self, names: Sequence[str]) -> array[int]:
        """Return one id for each name, new names getting new ids."""
        known = self._ids
        try:
            return array("i", list(map(known.__getitem__, names)))
        except KeyError:
            for name in names:
                if name not in known:
                    self._add(name)
            return array("i", list(map(known.__getitem__, names)))

    def take_new(self) -> tuple[int, list[str]]:
        """Return the names added since the last call, and the id of the first of them.

        The others have the ids that follow. Whoever keeps the names forgets those from that id on.
        """
        new, self._new = self._new, []
        first = len(self._ids) - len(new)
        if len(self._ids) > MOST_NAMES:
            self._ids.clear()
            self.ranges.clear()
        return first, new

    def _add(self, name: str) -> None:
        number = self._ids[name] = len(self._ids)
        self._new.append(name)
        if name.startswith(_RANGE_PREFIXES):
            self.ranges.add(number)


def read_columns(
    events: Sequence[Any], strings: StringTable, has_ops_alone: bool = False
) -> tuple[dict[str, array[int]], list[tuple[int, int, int]]]:
    """Return the columns of a window and its tracks as (process, device, resource).

    ``has_ops_alone``: only torch's own ranges and operators were recorded, no device, memory or Python.
    """
    kinds, fields = _read(events, has_ops_alone)
    if -1 in kinds:
        keep = [kind >= 0 for kind in kinds]
        events = list(compress(events, keep))
        kinds = array("b", list(compress(kinds, keep)))
        fields = {field: list(compress(values, keep)) for field, values in fields.items()}
    names = strings.ids(fields["name"])
    for row in compress(range(len(names)), map(strings.ranges.__contains__, names)):
        # Our ranges are recorded as plain functions (cheaper than record_function), so kineto calls them ops.
        kinds[row] = _ANNOTATION
    track, tracks = _tracks(events, fields["device_resource_id"], kinds)
    sequence = fields["sequence_nr"]
    numbered = [row for row, number in enumerate(sequence) if number >= 0]
    columns: dict[str, array[int]] = {
        "name": names,
        "kind": kinds,
        "start_ns": array("q", fields["start_ns"]),
        "duration_ns": array("q", fields["duration_ns"]),
        "track": track,
        "sequence": _int32(sequence),
        "forward_thread": _read_at("fwd_thread_id", events, numbered, _zeros("h", len(names))),
        **_links(events, kinds, track),
    }
    return columns, tracks


def _links(events: Sequence[Any], kinds: array[int], track: array[int]) -> dict[str, array[int]]:
    """Return each event's torch thread, and the ids that pair ops, calls and device events.

    Where torch alone reported events, there is nothing to pair, and each of its threads has one track.
    """
    count, rows = len(kinds), _rows(kinds, _FROM_KINETO)
    if rows:
        thread = _int16(list(map(_method(events[0], "start_thread_id"), events)))
        correlation = array("q", list(map(_method(events[0], "correlation_id"), events)))
    else:
        threads = {number: events[track.index(number)].start_thread_id() & 0x7FFF for number in set(track)}
        thread = array("h", list(map(threads.__getitem__, track)))
        correlation = _zeros("q", count)
    linked = _read_at("linked_correlation_id", events, rows, _zeros("q", count))
    return {"thread": thread, "correlation": correlation, "linked": linked}


def _zeros(typecode: str, count: int) -> array[int]:
    return array(typecode, [0]) * count


def _read(events: Sequence[Any], has_ops_alone: bool) -> tuple[array[int], dict[str, list[Any]]]:
    """Return each event's `Kind` (-1 for rows that are left out), and its fields of `_FIELDS`.

    Batch by batch, field by field, with a `map` of a bare C function: a third of what the same calls cost
    as expressions. A batch's events stay in the processor's cache from the first field to the last.
    """
    if not events:
        return array("b"), {field: [] for field in _FIELDS}
    telling = _SCOPE if has_ops_alone else _TYPE if hasattr(events[0], _TYPE) else None
    fields: dict[str, list[Any]] = {name: [] for name in (*_FIELDS, *filter(None, [telling]))}
    readers = [(_method(events[0], name), values) for name, values in fields.items()]
    for first in range(0, len(events), _BATCH):
        batch = events[first : first + _BATCH]
        for method, values in readers:
            values += map(method, batch)
    if telling == _SCOPE:
        return array("b", list(map(_KINDS_OF_SCOPES.__getitem__, fields.pop(_SCOPE)))), fields
    return kinds_of(events, fields.pop(_TYPE, None)), fields


def _method(event: Any, field: str) -> Callable[[Any], Any]:
    """Return the function behind an event's method."""
    method = getattr(type(event), field)
    # pybind11 wraps its functions as instance methods, which costs a third of the call.
    function: Callable[[Any], Any] = getattr(method, "__func__", method)
    return function


def _read_at(field: str, events: Sequence[Any], rows: Sequence[int], column: array[int]) -> array[int]:
    """Return ``column`` with what the method ``field`` says at ``rows``, in as many bits as it has."""
    if rows:
        method, mask = _method(events[0], field), (1 << (8 * column.itemsize - 1)) - 1
        for row in rows:
            column[row] = method(events[row]) & mask
    return column


def _rows(kinds: array[int], wanted: frozenset[int]) -> list[int]:
    return list(compress(range(len(kinds)), map(wanted.__contains__, kinds)))


def kinds_of(events: Sequence[Any], types: Sequence[str] | None) -> array[int]:
    """Return each event's `Kind`; -1 for rows that are left out.

    ``types`` is what each event's ``activity_type`` says; None on a torch whose events don't say.
    """
    if types is None:
        return array("b", [_kind_by_device(event) for event in events])
    kinds = {type: _KINDS.get(type, -1 if type in _LEFT_OUT else _ANNOTATION) for type in set(types)}
    return array("b", list(map(kinds.__getitem__, types)))


def event_kinds(events: Sequence[Any]) -> array[int]:
    """Return `kinds_of` for events whose types have not been read yet."""
    if not events or not hasattr(events[0], _TYPE):
        return kinds_of(events, None)
    return kinds_of(events, list(map(_method(events[0], _TYPE), events)))


def _kind_by_device(event: Any) -> int:
    """Tell an event's kind on a torch whose events don't say (before activity_type)."""
    name = event.name()
    if name == "[memory]":
        return -1
    if "CPU" in str(event.device_type()):
        return _kind_on_host(event, name)
    if name in _SYNC_NAMES:
        return _SYNC
    if name.startswith("Memcpy"):
        return _MEMCPY
    if name.startswith("Memset"):
        return _MEMSET
    return -1 if event.is_user_annotation() or name.startswith(_RANGE_PREFIXES) else _KERNEL


def _kind_on_host(event: Any, name: str) -> int:
    if event.is_user_annotation():
        return _ANNOTATION
    if _RUNTIME_CALL.fullmatch(name):
        return _RUNTIME
    return _OVERHEAD if name in _OVERHEAD_NAMES else _OP


def _tracks(
    events: Sequence[Any], resources: Sequence[int], kinds: array[int]
) -> tuple[array[int], list[tuple[int, int, int]]]:
    # On the CPU, kinds of events differ in what they call their device; all are of this process.
    places: list[Any] = list(resources)
    for row in _rows(kinds, _ON_DEVICE):
        places[row] = (events[row].device_index(), places[row])
    known = {place: number for number, place in enumerate(dict.fromkeys(places))}
    return array("h", list(map(known.__getitem__, places))), list(map(_track, known))


def _track(place: int | tuple[int, int]) -> tuple[int, int, int]:
    device, resource = place if isinstance(place, tuple) else (-1, place)
    return device if device >= 0 else os.getpid(), device, resource


def _int16(values: Sequence[int]) -> array[int]:
    """Return thread ids as 16 bits. A profile has few threads, and often the same one throughout."""
    ids = {value: value & 0x7FFF for value in set(values)}
    return array("h", list(map(ids.__getitem__, values)))


def _int32(values: Sequence[int]) -> array[int]:
    try:
        return array("i", values)
    except OverflowError:
        # A long run counts further than 32 bits; within a window the low ones tell all numbers apart.
        return array("i", [value & 0x7FFFFFFF if value >= 0 else -1 for value in values])
