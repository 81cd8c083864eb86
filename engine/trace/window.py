"""A profile window: a few steps of one variant, with every event in them."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from engine.trace.event_table import EventTable
from engine.wire.kinds import FILE_CLOCK


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfilerAccount:
    """What a worker says of a window's profiler beside the events. Left out: it doesn't say.

    ``records`` came from the profiler; ``left_out`` of them only repeat others, carry no time or
    belong between the steps, and the rest are the window's events. ``activities`` were to be watched
    (``CPU``, ``CUDA``). ``step_clock`` timed the steps. ``warnings``: what the profiler printed of its
    own troubles. ``added`` rows of the table are no records, but were derived from them.
    """

    records: int | None = None
    left_out: int = 0
    activities: tuple[str, ...] = ()
    step_clock: str = ""
    warnings: tuple[str, ...] = ()
    added: int = 0


@dataclass(frozen=True, slots=True)
class WindowHead:
    """One start and stop of the profiler, without its events: small, and always in memory.

    ``index`` counts the run's windows from 0. The window holds steps ``first_step`` …
    ``first_step + step_count - 1`` of ``variant``. ``start_ns`` … ``end_ns`` (Unix time) is the
    time from the profiler's start to the columns being ready; ``overhead_ns`` is what of that a
    bare run would not have spent. ``clock`` names the clock of the events. ``profiler`` is None in
    recordings of before there was one.
    """

    index: int
    variant: int
    first_step: int
    step_count: int
    start_ns: int
    end_ns: int
    overhead_ns: int
    clock: str
    profiler: ProfilerAccount | None = field(default=None, kw_only=True)

    @property
    def is_of_file(self) -> bool:
        """Whether a trace file from elsewhere brought it: its steps need not be alike, nor end with it."""
        return self.clock == FILE_CLOCK

    def with_table(self, table: EventTable) -> Window:
        """Return the whole window."""
        return Window(**_head_values(self), table=table)


@dataclass(frozen=True, slots=True)
class Window(WindowHead):
    """A window with its events."""

    table: EventTable

    @property
    def head(self) -> WindowHead:
        """The window without its table."""
        return WindowHead(**_head_values(self))


def _head_values(head: WindowHead) -> dict[str, Any]:
    return {one.name: getattr(head, one.name) for one in fields(WindowHead)}
