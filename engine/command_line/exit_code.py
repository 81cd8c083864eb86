"""What the process answers the shell."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """0 completed, 1 the run failed or crashed, 2 bad input, 130 cancelled (as shells count Ctrl+C)."""

    COMPLETED = 0
    FAILED = 1
    BAD_INPUT = 2
    CANCELLED = 130
