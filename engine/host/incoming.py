"""Messages into the recording: what a run's data becomes on the app's side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.host.messages import Memory, MemoryProfileMessage, Steps, WindowMessage, decode_columns
from engine.recording.recording import Recording
from engine.trace.event_table import Track, event_table, used_names
from engine.trace.launch_details import LaunchDetails, launch_details
from engine.trace.memory_profile import AllocationTable, MemoryProfile
from engine.trace.memory_sample import MemorySample
from engine.trace.step_table import StepTable, step_table
from engine.trace.window import ProfilerAccount, Window
from engine.wire.allocation_columns import ALLOCATION_COLUMNS, ALLOCATION_PREFIX
from engine.wire.launch_columns import LAUNCH_PREFIX


class WindowReader:
    """Turns window messages into windows; keeps the names that travel only once, as the worker does."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def read(
        self, message: WindowMessage, body: bytes, layers: tuple[str, ...], warnings: Sequence[str] = ()
    ) -> Window:
        """Return the window. Raises ValueError or IndexError if its columns don't fit together.

        ``warnings``: what its profiler printed.
        """
        self._names[message.first_name :] = message.names
        columns = decode_columns(message.columns, body)
        details = _take_details(columns, message.details_unavailable)
        names, columns["name"] = used_names(self._names, columns["name"])
        variant = np.full(len(columns["name"]), message.variant, np.int16)
        tracks = tuple(Track(*track) for track in message.tracks)
        table = event_table(names, tracks, layers, details, variant=variant, **columns)
        return Window(
            index=message.index,
            variant=message.variant,
            first_step=message.first_step,
            step_count=message.step_count,
            start_ns=message.start_ns,
            end_ns=message.end_ns,
            overhead_ns=message.overhead_ns,
            clock=message.clock,
            profiler=replace(message.profiler or ProfilerAccount(), warnings=tuple(warnings)),
            table=table,
        )


def _take_details(columns: dict[str, NDArray[Any]], unavailable: str) -> LaunchDetails:
    """Take the columns of launches out of a window's."""
    names = [name for name in columns if name.startswith(LAUNCH_PREFIX)]
    return launch_details(
        {name.removeprefix(LAUNCH_PREFIX): columns.pop(name) for name in names}, unavailable
    )


def read_steps(message: Steps, body: bytes) -> StepTable:
    """Return the steps of a message."""
    return step_table(**decode_columns(message.columns, body))


def read_memory_profile(message: MemoryProfileMessage, body: bytes, layers: tuple[str, ...]) -> MemoryProfile:
    """Return the memory profile. Raises ValueError or IndexError if its columns don't fit together."""
    columns = decode_columns(message.columns, body)
    allocations = {name: columns.pop(ALLOCATION_PREFIX + name) for name in ALLOCATION_COLUMNS}
    details = _take_details(columns, "")
    variant = np.full(len(columns["name"]), message.variant, np.int16)
    tracks = tuple(Track(*track) for track in message.tracks)
    return MemoryProfile(
        event_table(tuple(message.names), tracks, layers, details, variant=variant, **columns),
        AllocationTable(**allocations),
        message.held_before,
        message.held_after,
    )


def append_memory(message: Memory, recording: Recording) -> None:
    """Put a memory sample into the recording."""
    recording.append_memory(
        MemorySample(
            time_ns=message.time_ns,
            variant=message.variant,
            allocated_bytes=message.allocated_bytes,
            reserved_bytes=message.reserved_bytes,
        )
    )
