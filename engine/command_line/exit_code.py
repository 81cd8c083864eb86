"""What the process answers the shell."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """0 completed, 1 the run failed or crashed, 2 bad input, 130 cancelled (as shells count Ctrl+C).

    3: what was asked for was found not to hold, such as a check that failed.
    """

    COMPLETED = 0
    FAILED = 1
    BAD_INPUT = 2
    FAILED_CONDITION = 3
    CANCELLED = 130
