"""The columns of the allocator's events, as a worker sends them and a recording keeps them."""

from __future__ import annotations

# Column -> typecode of `array`.
ALLOCATION_COLUMNS: dict[str, str] = {
    "time_ns": "q",
    "thread": "h",
    "address": "q",
    "size": "q",
    "total_allocated": "q",
    "total_reserved": "q",
}
# Before the names of these columns in the frame of a memory profile, which has others as well.
ALLOCATION_PREFIX = "allocation."
