"""What torch's profiler (kineto) says of records that it lost, in its sources' words."""

from __future__ import annotations

import re

# CuptiActivityApi.cpp, as in torch 2.13.
DROPPED = re.compile(r"Dropped (\d+) activity records")
BUFFERS_FULL = "Exceeded max GPU buffer count"


def is_of_one_session(warning: str) -> bool:
    """Whether a warning is of what was just profiled; the others (no access, no library) go on to hold."""
    return BUFFERS_FULL in warning or DROPPED.search(warning) is not None
