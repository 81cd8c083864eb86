"""Step breakdowns found another way: one nanosecond at a time, or by one sweep in plain Python.

Both follow the definitions in `engine.analysis.step_breakdown` and share no code with it.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise

from engine.trace.event_table import EventTable, Kind

DEVICE_KINDS = {Kind.KERNEL: "kernel", Kind.MEMCPY: "memcpy", Kind.MEMSET: "memset"}
HOST_KINDS = ("host_wait", "runtime", "operators")
WAITING_CALLS = {
    *("cudaDeviceSynchronize", "cudaStreamSynchronize", "cudaEventSynchronize", "cudaMemcpy"),
    *("hipDeviceSynchronize", "hipStreamSynchronize", "hipMemcpyWithStream"),
}


@dataclass(frozen=True)
class Ran:
    """A device event, with the return of the call that launched it and that call's thread, if known."""

    start: int
    end: int
    part: str
    device: int
    returned: int | None
    thread: int | None


@dataclass(frozen=True)
class Did:
    """What a thread of the host did."""

    start: int
    end: int
    part: str
    thread: int


def device_events(table: EventTable) -> list[Ran]:
    """Return the events of the busiest device, by start; a record without a time is of nothing that ran."""
    calls = {int(table.correlation[row]): row for row in range(len(table)) if table.kind[row] == Kind.RUNTIME}
    events = []
    for row in range(len(table)):
        if int(table.kind[row]) not in DEVICE_KINDS:
            continue
        start, end = int(table.start_ns[row]), int(table.end_ns[row])
        if start == end:
            continue
        part = DEVICE_KINDS[Kind(int(table.kind[row]))]
        device = table.tracks[table.track[row]].device
        call = calls.get(int(table.correlation[row]))
        launch = (None, None) if call is None else (int(table.end_ns[call]), int(table.track[call]))
        events.append(Ran(start, end, part, device, *launch))
    busy: Counter[int] = Counter()
    for event in sorted(events, key=lambda event: event.device):
        busy[event.device] += event.end - event.start
    busiest = max(busy, key=lambda device: busy[device], default=-1)
    return sorted((event for event in events if event.device == busiest), key=lambda event: event.start)


def host_events(table: EventTable) -> list[Did]:
    """Return what the host's rows are counted as."""
    found = []
    for row in range(len(table)):
        match Kind(int(table.kind[row])):
            case Kind.OP:
                part = "operators"
            case Kind.RUNTIME:
                part = "host_wait" if table.name_of(row) in WAITING_CALLS else "runtime"
            case Kind.OVERHEAD:
                part = "overhead"
            case _:
                continue
        found.append(Did(int(table.start_ns[row]), int(table.end_ns[row]), part, int(table.track[row])))
    return found


def per_nanosecond(table: EventTable, walls: list[tuple[int, int]], steps_thread: int) -> Counter[str]:
    """Ask of every nanosecond where it belongs."""
    ran, did = device_events(table), host_events(table)
    parts: Counter[str] = Counter()
    for first, last in walls:
        for now in range(first, last):
            parts[_part_at(now, ran, did, steps_thread)] += 1
    return parts


def _part_at(now: int, ran: list[Ran], did: list[Did], steps_thread: int) -> str:
    running = {event.part for event in ran if event.start <= now < event.end}
    for part in ("kernel", "memcpy", "memset"):
        if part in running:
            return part
    doing = {(each.part, each.thread) for each in did if each.start <= now < each.end}
    if not ran:
        return _doing(doing, sorted({thread for _, thread in doing}), by_kind=True)
    coming = [event for event in ran if event.start > now]
    launched = [event for event in coming if event.returned is not None]
    if any(event.returned is not None and event.returned <= now for event in launched):
        return "between_kernels"
    if coming and coming[0].returned is None:
        return "unknown"
    threads = [steps_thread]
    if launched:
        soonest = min(launched, key=lambda event: event.returned or 0)
        threads.insert(0, soonest.thread if soonest.thread is not None else steps_thread)
    return _doing(doing, threads, by_kind=False)


def _doing(doing: set[tuple[str, int]], threads: list[int], by_kind: bool) -> str:
    if any(part == "overhead" for part, _ in doing):
        return "overhead"
    asked = [(part, thread) for thread in threads for part in HOST_KINDS]
    if by_kind:
        asked = [(part, thread) for part in HOST_KINDS for thread in threads]
    return next((part for part, thread in asked if (part, thread) in doing), "other")


def by_sweep(table: EventTable, walls: list[tuple[int, int]], steps_thread: int) -> Counter[str]:
    """Go through all starts, ends and returns in order of time, keeping count of what is open."""
    ran, did = device_events(table), host_events(table)
    changes: list[tuple[int, str, int, int]] = []
    for event in ran:
        changes += [(event.start, event.part, -1, 1), (event.end, event.part, -1, -1)]
        if event.returned is not None and event.returned < event.start:
            changes += [(event.returned, "queued", -1, 1), (event.start, "queued", -1, -1)]
    for each in did:
        changes += [(each.start, each.part, each.thread, 1), (each.end, each.part, each.thread, -1)]
    for first, last in walls:
        changes += [(first, "wall", -1, 1), (last, "wall", -1, -1)]
    changes.sort(key=lambda change: change[0])
    launches = [
        (event.returned, number, event) for number, event in enumerate(ran) if event.returned is not None
    ]
    heapq.heapify(launches)
    coming = _Coming(ran, launches)
    parts: Counter[str] = Counter()
    open_now: Counter[tuple[str, int]] = Counter()
    for change, following in pairwise(changes):
        open_now[change[1], change[2]] += change[3]
        length = following[0] - change[0]
        if length and open_now["wall", -1]:
            parts[_part_of(open_now, coming.after(change[0]), steps_thread, bool(ran))] += length
    return parts


class _Coming:
    """The next event, and the launch that returns soonest, of all that starts later than a growing time."""

    def __init__(self, ran: list[Ran], launches: list[tuple[int, int, Ran]]) -> None:
        self._ran, self._launches, self._next = ran, launches, 0

    def after(self, now: int) -> tuple[Ran | None, Ran | None]:
        while self._next < len(self._ran) and self._ran[self._next].start <= now:
            self._next += 1
        while self._launches and self._launches[0][2].start <= now:
            heapq.heappop(self._launches)
        return (
            self._ran[self._next] if self._next < len(self._ran) else None,
            self._launches[0][2] if self._launches else None,
        )


def _part_of(
    open_now: Counter[tuple[str, int]],
    coming: tuple[Ran | None, Ran | None],
    steps_thread: int,
    on_device: bool,
) -> str:
    for part in ("kernel", "memcpy", "memset"):
        if open_now[part, -1]:
            return part
    doing = {place for place, count in open_now.items() if count > 0}
    if not on_device:
        return _doing(doing, list({thread for _, thread in doing}), by_kind=True)
    following, soonest = coming
    if open_now["queued", -1]:
        return "between_kernels"
    if following is not None and following.returned is None:
        return "unknown"
    threads = [steps_thread]
    if soonest is not None and soonest.thread is not None:
        threads.insert(0, soonest.thread)
    return _doing(doing, threads, by_kind=False)
