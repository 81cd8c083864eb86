"""The steps of two sides in pairs of neighbouring turns, as one worker ran them (A B B A …).

What changes from turn to turn (clocks, caches, other programs) hits the two halves of a pair alike. So pairs
are drawn anew by the bootstrap, not steps and not turns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace.step_table import StepTable

Durations = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """One side's durations in ns, in order of time, and where each block of them begins.

    ``edges``, shape (blocks + 1,): block i holds ``durations_ns[edges[i]:edges[i + 1]]``.
    """

    durations_ns: Durations
    edges: NDArray[np.int64]

    def __len__(self) -> int:
        return max(0, len(self.edges) - 1)


def paired_blocks(baseline: StepTable, variant: StepTable) -> tuple[Blocks, Blocks]:
    """Return the bare steps of both in blocks, equally many: blocks i of both ran one after the other.

    A turn that stands between two turns of the other side belongs half to either pair; so do two turns of
    one side in a row.
    """
    first, second = baseline.bare(), variant.bare()
    if not len(first) or not len(second):
        return _blocks(first, []), _blocks(second, [])
    runs = _runs(first.start_ns, second.start_ns)
    edges: tuple[list[int], list[int]] = ([], [])
    for place, (side, start, end) in enumerate(runs):
        is_inner = 0 < place < len(runs) - 1
        edges[side].extend((start, (start + end + 1) // 2) if is_inner else (start,))
    return _blocks(first, edges[0]), _blocks(second, edges[1])


def _blocks(steps: StepTable, starts: list[int]) -> Blocks:
    return Blocks(steps.duration_ns, np.array([*starts, len(steps)] if starts else [], np.int64))


def _runs(first_ns: Durations, second_ns: Durations) -> list[tuple[int, int, int]]:
    """Return stretches of steps of one side alone, in order of time: side (0 or 1), first step, end."""
    found = []
    for side, own, other in ((0, first_ns, second_ns), (1, second_ns, first_ns)):
        before = np.searchsorted(other, own, side="left" if side == 0 else "right")
        starts = np.append(0, np.flatnonzero(np.diff(before)) + 1)
        ends = np.append(starts[1:], len(own))
        at = own[starts].tolist()
        found += list(zip(at, [side] * len(at), starts.tolist(), ends.tolist(), strict=True))
    return [(side, start, end) for _, side, start, end in sorted(found)]
