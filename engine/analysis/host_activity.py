"""What the host was doing in given stretches of time: waiting, calling the runtime, in operators, or else."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.analysis.coverage import Coverage, Times
from engine.trace.event_table import ABSENT, EventTable, Kind

# In order of precedence: what stands first is counted where several are open at once.
OVERHEAD, WAIT, RUNTIME, OPERATORS, REST = range(5)

# Calls in which the host waits until the device is done; copies that are not asynchronous are such.
_WAITS = re.compile(
    r"_*(cuda|cu|hip)(\w*Synchronize|Memcpy(?!\w*Async))|_*(urQueueFinish|urEventWait|ze\w+Synchronize)"
)


def is_wait(names: Sequence[str]) -> NDArray[np.bool_]:
    """True for the CUDA, HIP, SYCL and Level Zero calls that return when the device is done."""
    return np.array([_WAITS.match(name) is not None for name in names], np.bool_)


class HostActivity:
    """The intervals of a table's host rows, sorted once. Needs ``parent``.

    An operator inside another adds nothing to when some operator ran, unless it outlives that one.
    """

    def __init__(self, table: EventTable) -> None:
        kind = table.kind
        end, outer = table.end_ns, table.parent
        is_inner = (outer != ABSENT) & (kind[outer] == Kind.OP) & (end <= end[outer])
        wanted = (kind == Kind.RUNTIME) | (kind == Kind.OVERHEAD) | ((kind == Kind.OP) & ~is_inner)
        rows = np.flatnonzero(wanted)
        rows = rows[np.argsort(table.start_ns[rows], kind="stable")]
        activity = np.full(len(rows), OPERATORS)
        is_call = kind[rows] == Kind.RUNTIME
        activity[is_call] = np.where(is_wait(table.names)[table.name[rows[is_call]]], WAIT, RUNTIME)
        activity[kind[rows] == Kind.OVERHEAD] = OVERHEAD
        self._activity, self._track = activity, table.track[rows]
        self._start, self._end = table.start_ns[rows], end[rows]

    def split(self, start_ns: Times, end_ns: Times, threads: Sequence[int] | None = None) -> Times:
        """Return the ns of disjoint stretches by activity, shape (5,); they sum to the stretches' length.

        Of ``threads`` (tracks; None is all) an earlier one has precedence: a later one counts where
        those before it have nothing open. The profiler's own work counts on whatever thread.
        """
        level = self._levels(threads)
        found = np.zeros(REST + 1, np.int64)
        before = 0
        for each in np.unique(level[level != ABSENT]).tolist():
            open_here = (level != ABSENT) & (level <= each)
            coverage = Coverage.of(self._start[open_here], self._end[open_here])
            covered = int(coverage.within(start_ns, end_ns).sum())
            found[each % REST] += covered - before
            before = covered
        found[REST] = int((end_ns - start_ns).sum()) - before
        return found

    def _levels(self, threads: Sequence[int] | None) -> NDArray[np.int64]:
        """Return each row's place in the order of precedence; -1 for one that doesn't count."""
        if threads is None:
            return self._activity
        level = np.full(len(self._activity), ABSENT)
        for place, thread in reversed(list(enumerate(threads))):
            here = self._track == thread
            level[here] = place * REST + self._activity[here]
        level[self._activity == OVERHEAD] = OVERHEAD
        return level
