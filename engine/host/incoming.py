"""Messages into the recording: what a run's data becomes on the app's side."""

from __future__ import annotations

import numpy as np

from engine.host.messages import Memory, Steps, WindowMessage, decode_columns
from engine.recording.recording import Recording
from engine.trace.event_table import Track, event_table, used_names
from engine.trace.memory_sample import MemorySample
from engine.trace.step_table import StepTable, step_table
from engine.trace.window import Window


class WindowReader:
    """Turns window messages into windows; keeps the names that travel only once, as the worker does."""

    def __init__(self) -> None:
        self._names: list[str] = []

    def read(self, message: WindowMessage, body: bytes, layers: tuple[str, ...]) -> Window:
        """Return the window. Raises ValueError or IndexError if its columns don't fit together."""
        self._names[message.first_name :] = message.names
        columns = decode_columns(message.columns, body)
        names, columns["name"] = used_names(self._names, columns["name"])
        variant = np.full(len(columns["name"]), message.variant, np.int16)
        tracks = tuple(Track(*track) for track in message.tracks)
        table = event_table(names, tracks, layers, variant=variant, **columns)
        return Window(
            index=message.index,
            variant=message.variant,
            first_step=message.first_step,
            step_count=message.step_count,
            start_ns=message.start_ns,
            end_ns=message.end_ns,
            overhead_ns=message.overhead_ns,
            clock=message.clock,
            table=table,
        )


def read_steps(message: Steps, body: bytes) -> StepTable:
    """Return the steps of a message."""
    return step_table(**decode_columns(message.columns, body))


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
