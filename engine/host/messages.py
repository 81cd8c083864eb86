"""The messages a worker sends, typed and checked as they arrive."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from engine.host.check_messages import CheckMessage
from engine.host.events import Outcome, Stage
from engine.trace.built_model import BuiltModel
from engine.trace.memory_profile import HeldBlock
from engine.trace.same_work import SameWork
from engine.trace.step_work import StepWork
from engine.trace.window import ProfilerAccount
from engine.wire.problem import Problem

Column = tuple[str, str, int]


class Hello(msgspec.Struct, tag="hello"):
    """The worker has torch and takes requests."""

    pid: int
    torch: str
    python: str


class Unusable(msgspec.Struct, tag="unusable"):
    """This interpreter can't be a worker (no torch, most often)."""

    error: str
    python: str


class Reply(msgspec.Struct, tag="reply"):
    """The answer to a question: a result or a problem."""

    request: int | None
    result: Any = None
    problem: Problem | None = None


class EnvironmentMessage(msgspec.Struct, tag="environment"):
    """The interpreter, devices and settings of this run."""

    environment: dict[str, Any]


class Models(msgspec.Struct, tag="models"):
    """Every variant is built."""

    models: tuple[BuiltModel, ...]


class Steps(msgspec.Struct, tag="steps"):
    """Timed steps; columns as `engine.trace.step_table.STEP_COLUMNS`."""

    columns: list[Column]


class WindowMessage(msgspec.Struct, tag="window"):
    """A profile window. ``names`` are those the worker has not sent before, from id ``first_name`` on.

    Columns are those of the events and, under a prefix, of launches (`engine.wire.launch_columns`), of
    which ``details_unavailable`` says why there are none.
    """

    index: int
    variant: int
    first_step: int
    step_count: int
    start_ns: int
    end_ns: int
    overhead_ns: int
    clock: str
    first_name: int
    names: list[str]
    tracks: list[tuple[int, int, int]]
    columns: list[Column]
    details_unavailable: str = ""
    profiler: ProfilerAccount | None = None


class Memory(msgspec.Struct, tag="memory"):
    """The device allocator's state."""

    variant: int
    time_ns: int
    allocated_bytes: int
    reserved_bytes: int


class PeakMemory(msgspec.Struct, tag="peak_memory"):
    """The most that a variant's step held."""

    variant: int
    peak: dict[str, Any]


class SameWorkMessage(msgspec.Struct, tag="same_work"):
    """Whether the variants do the same work; one result for each pair that was compared."""

    results: tuple[SameWork, ...]


class StepWorkMessage(msgspec.Struct, tag="work"):
    """FLOPs and bytes of one step of a variant."""

    variant: int
    work: StepWork


class MemoryProfileMessage(msgspec.Struct, tag="memory_profile"):
    """One step of a variant with its allocations; ``names`` are all that its events use."""

    variant: int
    names: list[str]
    tracks: list[tuple[int, int, int]]
    held_before: tuple[HeldBlock, ...]
    held_after: tuple[HeldBlock, ...]
    columns: list[Column]


class Warned(msgspec.Struct, tag="warning"):
    """Something that doesn't stop the run."""

    problem: Problem


class Progress(msgspec.Struct, tag="progress"):
    """How far the run is."""

    stage: Stage
    text: str
    time_ns: int
    steps: int = 0
    total_steps: int | None = None
    fraction: float | None = None
    seconds_left: float | None = None
    profiling_share: float | None = None


class Finished(msgspec.Struct, tag="finished"):
    """The run's end, as the worker saw it."""

    outcome: Outcome
    problem: Problem | None
    elapsed_ns: int | None
    profiling_ns: int | None


Message = (
    Hello
    | Unusable
    | Reply
    | EnvironmentMessage
    | Models
    | Steps
    | WindowMessage
    | Memory
    | PeakMemory
    | SameWorkMessage
    | StepWorkMessage
    | MemoryProfileMessage
    | Warned
    | Progress
    | Finished
    | CheckMessage
)

_decoder: msgspec.json.Decoder[Message] = msgspec.json.Decoder(Message)


def decode_message(header: bytes) -> Message:
    """Decode a frame's header. Raises `msgspec.MsgspecError` if it is no known message."""
    return _decoder.decode(header)


def decode_columns(columns: list[Column], body: bytes) -> dict[str, NDArray[Any]]:
    """Return a frame's columns as read-only views of its body, without a copy.

    Raises ValueError if the body doesn't hold what the header says.
    """
    arrays, offset = {}, 0
    for name, typecode, count in columns:
        dtype = np.dtype(typecode).newbyteorder("<")
        arrays[name] = np.frombuffer(body, dtype, count, offset)
        offset += dtype.itemsize * count
    if offset != len(body):
        raise ValueError(f"a frame's columns take {offset} bytes, its body has {len(body)}")
    return arrays
