"""A profile window: a few steps of one variant, with every event in them."""

from __future__ import annotations

from dataclasses import dataclass

from engine.trace.event_table import EventTable


@dataclass(frozen=True, slots=True)
class Window:
    """One start and stop of the profiler.

    ``index`` counts the run's windows from 0. The window holds steps ``first_step`` …
    ``first_step + step_count - 1`` of ``variant``. ``start_ns`` … ``end_ns`` (Unix time) is the
    time from the profiler's start to the columns being ready; ``overhead_ns`` is what of that a
    bare run would not have spent. ``clock`` names the clock of the events.
    """

    index: int
    variant: int
    first_step: int
    step_count: int
    start_ns: int
    end_ns: int
    overhead_ns: int
    clock: str
    table: EventTable
