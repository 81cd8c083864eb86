"""Step times in blocks: what a bootstrap draws anew in place of single steps, which are no independent draws.

Of two variants that took turns in one worker (A B B A …), blocks come in pairs of neighbouring turns: what
changes from turn to turn (clocks, caches, other programs) hits both halves of a pair alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.trace.step_table import StepTable
from engine.wire.median_interval import block_edges

Times = NDArray[np.integer]
Places = NDArray[np.int64]
_INT32_MAX = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """One side's durations, ns, in order of time, and where each block of them ends.

    ``edges``, shape (blocks + 1,): block i holds ``durations_ns[edges[i]:edges[i + 1]]``, never nothing.
    """

    durations_ns: Times
    edges: Places

    def __len__(self) -> int:
        return max(0, len(self.edges) - 1)

    def joined(self, most: int) -> Blocks:
        """Return the same steps in ``most`` blocks at most, neighbours joined as evenly as can be."""
        if len(self) <= most:
            return self
        return Blocks(self.durations_ns, self.edges[np.arange(most + 1) * len(self) // most])

    def in_order(self) -> list[Times]:
        """Return the durations of each block, ascending."""
        pairs = zip(self.edges[:-1].tolist(), self.edges[1:].tolist(), strict=True)
        return [np.sort(self.durations_ns[first:last]) for first, last in pairs]


def even_blocks(durations_ns: NDArray[np.int64]) -> Blocks:
    """Return the steps of one run in its stretches (`engine.wire.median_interval`)."""
    return Blocks(_small(durations_ns), np.array(block_edges(len(durations_ns))))


def paired_blocks(baseline: StepTable, variant: StepTable) -> tuple[Blocks, Blocks]:
    """Return the bare steps of both, in equally many blocks: those numbered i ran one after the other.

    A stretch between two turns of the other side belongs half to either pair. Needs a step on both sides.
    """
    rows = [np.flatnonzero(side.is_timed) for side in (baseline, variant)]
    first_ns, second_ns = baseline.start_ns[rows[0]], variant.start_ns[rows[1]]
    edges = _pair_edges(_stretches(first_ns, second_ns))
    return (
        Blocks(_small(baseline.duration_ns[rows[0]]), edges[0]),
        Blocks(_small(variant.duration_ns[rows[1]]), edges[1]),
    )


def _stretches(first_ns: Times, second_ns: Times) -> list[tuple[int, int, int, int]]:
    """Return the stretches in which one side alone ran, in order: start (ns), side, first step, end."""
    found = []
    for side, own, other in ((0, first_ns, second_ns), (1, second_ns, first_ns)):
        before = np.searchsorted(other, own, side="left" if side == 0 else "right")
        starts = np.append(0, np.flatnonzero(np.diff(before)) + 1)
        ends = np.append(starts[1:], len(own))
        sides = np.full(len(starts), side)
        found += list(zip(*(c.tolist() for c in (own[starts], sides, starts, ends)), strict=True))
    return sorted(found)


def _pair_edges(stretches: list[tuple[int, int, int, int]]) -> Places:
    """Return the edges of both sides' blocks, shape (2, pairs + 1).

    The first pair begins with both sides' first steps, each later one with the second half of a stretch
    and the first half of the next.
    """
    # What either side has done when the halves of a stretch meet: there one pair ends, the next begins.
    done, meetings = [0, 0], [(0, 0)]
    for place, (_, side, start, end) in enumerate(stretches):
        if 0 < place < len(stretches) - 1:
            done[side] = (start + end + 1) // 2
            meetings.append((done[0], done[1]))
        done[side] = end
    edges = np.array([*meetings, (done[0], done[1])], np.int64).T
    # A stretch of one step has no second half: its pair goes to the one before it.
    is_whole = (np.diff(edges) > 0).min(axis=0)
    is_whole[0] = True
    return np.append(edges[:, :-1][:, is_whole], edges[:, -1:], axis=1)


def _small(durations_ns: NDArray[np.int64]) -> Times:
    # Half the bytes sort in half the time, and few steps take over two seconds.
    fits = len(durations_ns) == 0 or durations_ns.max() <= _INT32_MAX
    return durations_ns.astype(np.int32) if fits else durations_ns
