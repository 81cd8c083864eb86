"""ChromeTrace: what a trace file held, and what of it could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.trace.event_table import EventTable
from engine.trace.memory_sample import MemorySample

# The key of a trace's header under which the exporter says what only Layerscope knows.
HEADER_KEY = "layerscope"


@dataclass(frozen=True, kw_only=True)
class ChromeTrace:
    """A trace file as a table.

    ``header`` is all that stands around the events (deviceProperties, versions, …). ``memory`` are
    the allocator's totals after each allocation, of devices if the file has any, else of the CPU.
    ``left_out`` counts the rows that the table doesn't hold, by reason. ``damage`` says in
    sentences what of the file could not be read; empty if all was. ``records_dropped`` events were
    damaged or have no time; None if the file's end is missing, so that nobody knows.
    """

    path: Path
    table: EventTable
    header: Mapping[str, Any]
    memory: tuple[MemorySample, ...]
    left_out: Mapping[str, int]
    damage: tuple[str, ...]
    records_dropped: int | None = 0
