"""Raw profiler events to columns, as fast as Python can read them."""

from __future__ import annotations

import os
import re
from array import array
from typing import Any, Sequence

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
_RANGE_PREFIXES = (LAYER_PREFIX, PHASE_PREFIX, STEP_PREFIX)


class StringTable:
    """Names seen so far in this process; each travels to the app once."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._new: list[str] = []

    def ids(self, names: Sequence[str]) -> array[int]:
        """Return one id for each name, new names getting new ids."""
        known = self._ids
        try:
            return array("i", [known[name] for name in names])
        except KeyError:
            for name in names:
                if name not in known:
                    known[name] = len(known)
                    self._new.append(name)
            return array("i", [known[name] for name in names])

    def take_new(self) -> list[str]:
        """Return the names added since the last call, in the order of their ids."""
        new, self._new = self._new, []
        return new


def read_columns(
    events: Sequence[Any], strings: StringTable
) -> tuple[dict[str, array[int]], list[tuple[int, int, int]]]:
    """Return the columns of a window and its tracks as (process, device, resource).

    One list comprehension a field: about half the time of one loop over the events.
    """
    kinds = kinds_of(events)
    if -1 in kinds:
        events = [event for event, kind in zip(events, kinds, strict=True) if kind >= 0]
        kinds = array("b", [kind for kind in kinds if kind >= 0])
    names = [event.name() for event in events]
    _mark_ranges(kinds, names)
    track, tracks = _tracks(events, kinds)
    columns: dict[str, array[int]] = {
        "name": strings.ids(names),
        "kind": kinds,
        "start_ns": array("q", [event.start_ns() for event in events]),
        "duration_ns": array("q", [event.duration_ns() for event in events]),
        "track": track,
        "thread": array("h", [event.start_thread_id() & 0x7FFF for event in events]),
        "correlation": array("q", [event.correlation_id() for event in events]),
        "linked": array("q", [event.linked_correlation_id() for event in events]),
        "sequence": array("i", [_int32(event.sequence_nr()) for event in events]),
        "forward_thread": array("h", [event.fwd_thread_id() & 0x7FFF for event in events]),
    }
    return columns, tracks


def kinds_of(events: Sequence[Any]) -> array[int]:
    """Return each event's `Kind`; -1 for rows that are left out."""
    if events and not hasattr(events[0], "activity_type"):
        return array("b", [_kind_by_device(event) for event in events])
    kinds = _KINDS
    return array(
        "b",
        [kinds.get(t, -1 if t in _LEFT_OUT else _ANNOTATION) for t in (e.activity_type() for e in events)],
    )


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


def _mark_ranges(kinds: array[int], names: Sequence[str]) -> None:
    # Our ranges are recorded as plain functions (cheaper than record_function), so kineto calls them ops.
    for row, name in enumerate(names):
        if name.startswith(_RANGE_PREFIXES):
            kinds[row] = _ANNOTATION


def _tracks(events: Sequence[Any], kinds: array[int]) -> tuple[array[int], list[tuple[int, int, int]]]:
    known: dict[tuple[int, int, int], int] = {}
    rows = []
    process = os.getpid()
    for event, kind in zip(events, kinds, strict=True):
        # On the CPU, kinds of events differ in what they call their device; all are of this process.
        device = event.device_index() if _KERNEL <= kind <= _MEMSET or kind == _SYNC else -1
        key = (device if device >= 0 else process, device, event.device_resource_id())
        number = known.get(key)
        if number is None:
            number = known[key] = len(known)
        rows.append(number)
    return array("h", rows), list(known)


def _int32(value: int) -> int:
    # A long run counts further than 32 bits; within a window the low ones tell all numbers apart.
    return value & 0x7FFFFFFF if value >= 0 else -1
