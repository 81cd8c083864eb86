"""The kinds of events and the names of ranges: one vocabulary for both ends of the pipe."""

from __future__ import annotations

from enum import IntEnum, IntFlag


class Kind(IntEnum):
    """What an event is. The values are part of the message and the recording format."""

    OP = 0
    KERNEL = 1
    MEMCPY = 2
    MEMSET = 3
    RUNTIME = 4
    ANNOTATION = 5
    PYTHON = 6
    SYNC = 7
    OVERHEAD = 8


class StepFlag(IntFlag):
    """What sets a step apart. Profiled and warm-up steps don't count as timed; interrupted ones do."""

    PROFILED = 1
    WARM_UP = 2
    # The operating system took a thread of the worker off its core.
    INTERRUPTED = 4


NOT_TIMED = int(StepFlag.PROFILED | StepFlag.WARM_UP)


# Names of the ranges that a worker opens. The prefix tells them from the user's own.
LAYER_PREFIX = "layer:"
PHASE_PREFIX = "phase:"
STEP_PREFIX = "ProfilerStep#"

# What a window says of the clock of its events: the live profiler's, or that of a trace from elsewhere.
LIVE_CLOCK = "kineto"
FILE_CLOCK = "trace"
