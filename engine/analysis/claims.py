"""Whose work each event is: every event points at the one it is done for, and the pointers are followed.

A backward op points at the forward op whose gradient it computes, which may itself have run inside
another backward op (checkpoints, gradients of gradients); gradient accumulation at the node that
brought the gradient; what runs on a thread of its own at what the stepping thread does meanwhile; all
else at its caller. The way ends at a range: a layer's, or a phase's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.analysis.autograd import accumulation_sources, forward_origins, is_autograd_node
from engine.analysis.ranges import is_phase_range
from engine.analysis.strays import stray_callers
from engine.trace.event_table import ABSENT, EventTable, Kind, PhaseId

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_FIRST_GRADIENT = "aten::ones_like"


class Claims:
    """The row each event is done for. A range, and what nobody calls, points at itself."""

    def __init__(self, table: EventTable, parent: Rows, range_layer: Rows, phase: NDArray[np.uint8]) -> None:
        self._table, self._parent, self._phase = table, parent, phase
        self._layer = range_layer
        self._is_phase = is_phase_range(table)
        is_end = (range_layer != ABSENT) | self._is_phase | (parent == ABSENT)
        self._done_for = np.where(is_end, np.arange(len(table)), parent)
        rows, callers = stray_callers(table, parent, self._is_phase)
        self._done_for[rows] = callers
        self._point_at_forward_ops()
        self._point_first_gradient_at_loss()

    def resolve(self) -> tuple[Rows, Mask]:
        """Return each row's layer (-1 is none), and whether it is the loss's; shape (N,) both."""
        end = followed(self._done_for)
        layer = self._layer[end]
        in_loss = (self._phase == PhaseId.LOSS) | (self._phase[end] == PhaseId.LOSS)
        return layer, in_loss & (layer == ABSENT)

    def _point_at_forward_ops(self) -> None:
        origin = forward_origins(self._table)
        backward = np.flatnonzero(origin != ABSENT)
        if not len(backward):
            return
        self._done_for[backward] = origin[backward]
        is_node = is_autograd_node(self._table)
        is_known = origin != ABSENT
        # Torch numbers a node by the first thing in it, which may be a hook's op.
        self._point_nodes_inside(is_node & ~is_known, backward[~is_node[backward]], is_known)
        # A range inside gradient accumulation names the layer for certain.
        self._point_nodes_inside(is_node & ~is_known, np.flatnonzero(self._layer != ABSENT), is_known)
        rows, sources = accumulation_sources(self._table, self._parent, is_node, is_known)
        self._done_for[rows] = sources

    def _point_nodes_inside(self, is_node: Mask, inner: Rows, is_known: Mask) -> None:
        """Let each of the nodes point at the one of ``inner`` that is directly in it, and be known."""
        inner = inner[self._parent[inner] != ABSENT]
        inner = inner[is_node[self._parent[inner]]]
        self._done_for[self._parent[inner]] = inner
        is_known[self._parent[inner]] = True

    def _point_first_gradient_at_loss(self) -> None:
        """The gradient that ``loss.backward()`` makes before any node runs is the loss's."""
        table = self._table
        losses = np.flatnonzero(self._is_phase & (self._phase == PhaseId.LOSS))
        if _FIRST_GRADIENT not in table.names or not len(losses):
            return
        is_first = (table.name == table.names.index(_FIRST_GRADIENT)) & (self._phase == PhaseId.BACKWARD)
        rows = np.flatnonzero(is_first)
        caller = self._parent[rows]
        # Directly in the phase: the same op inside an autograd node is somebody's.
        self._done_for[rows[(caller == ABSENT) | (table.kind[caller] == Kind.ANNOTATION)]] = losses[0]


def nearest_marked(parent: Rows, is_marked: Mask) -> Rows:
    """Return each row's nearest marked one among itself and its callers, else its outermost caller."""
    return followed(np.where(is_marked | (parent == ABSENT), np.arange(len(parent)), parent))


def followed(pointer: Rows) -> Rows:
    """Return where each row's way along the pointers ends: at a row that points at itself."""
    # Each pass doubles the distance covered, so a way of d steps takes log2(d) passes. Damaged files
    # may lead in circles: none is longer than all rows.
    for _ in range(len(pointer).bit_length()):
        further = pointer[pointer]
        if np.array_equal(further, pointer):
            break
        pointer = further
    return pointer
