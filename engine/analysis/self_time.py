"""Self time: what an event took without the events directly inside it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import ABSENT, EventTable


def self_time_ns(table: EventTable) -> NDArray[np.int64]:
    """Return duration minus direct children on the same track, per row; shape (N,), ns, never negative.

    Needs ``parent`` (`engine.analysis.attribution`). Of a child that outlives its parent, only the
    part inside counts. A kernel's parent is the op that launched it, on another track: it takes
    nothing from it; nor does a call whose op, known by its id alone, was over before.
    """
    children = np.flatnonzero(table.parent != ABSENT)
    parents = table.parent[children]
    same_track = table.track[parents] == table.track[children]
    children, parents = children[same_track], parents[same_track]
    end = table.end_ns
    inside = np.minimum(end[children], end[parents]) - table.start_ns[children]
    covered = np.zeros(len(table), np.int64)
    np.add.at(covered, parents, np.maximum(inside, 0))
    left: NDArray[np.int64] = np.maximum(table.duration_ns - covered, 0)
    return left
