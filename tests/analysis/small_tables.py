"""Small event tables written by hand: one `Event` per row, times in ns."""

from __future__ import annotations

from dataclasses import dataclass

from engine.trace.event_table import EventTable, Kind, Track, event_table


@dataclass(frozen=True)
class Event:
    """One event. ``thread`` is a CPU thread, or with ``stream`` set, that stream of ``device``."""

    name: str
    start: int
    duration: int
    kind: Kind = Kind.OP
    thread: int = 1
    stream: int | None = None
    correlation: int = 0
    linked: int = 0
    sequence: int = -1
    forward_thread: int = 0
    device: int = 0


def table_of(*events: Event, layers: tuple[str, ...] = ()) -> EventTable:
    """Return the events as a table, in the order given."""
    names = tuple(dict.fromkeys(event.name for event in events))
    tracks = tuple(dict.fromkeys(_track(event) for event in events))
    return event_table(
        names,
        tracks,
        layers,
        name=[names.index(event.name) for event in events],
        kind=[event.kind for event in events],
        start_ns=[1_700_000_000_000_000_000 + event.start for event in events],
        duration_ns=[event.duration for event in events],
        track=[tracks.index(_track(event)) for event in events],
        thread=[event.thread for event in events],
        correlation=[event.correlation for event in events],
        linked=[event.linked for event in events],
        sequence=[event.sequence for event in events],
        forward_thread=[event.forward_thread for event in events],
    )


def op(name: str, start: int, duration: int, **more: int) -> Event:
    """Return an operator."""
    return Event(name, start, duration, **more)  # type: ignore[arg-type]


def span(name: str, start: int, duration: int, thread: int = 1) -> Event:
    """Return a range that somebody opened by name."""
    return Event(name, start, duration, Kind.ANNOTATION, thread)


def call(name: str, start: int, duration: int, correlation: int, linked: int = 0, thread: int = 1) -> Event:
    """Return a runtime call."""
    return Event(name, start, duration, Kind.RUNTIME, thread, correlation=correlation, linked=linked)


def kernel(
    name: str, start: int, duration: int, correlation: int, linked: int = 0, kind: Kind = Kind.KERNEL
) -> Event:
    """Return something that ran on stream 7."""
    return Event(name, start, duration, kind, stream=7, correlation=correlation, linked=linked)


def _track(event: Event) -> Track:
    if event.stream is None:
        return Track(1, -1, event.thread)
    return Track(event.device, event.device, event.stream)
