"""Claims: the events that say to which layer they, and all they call, belong."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.analysis.autograd import accumulation_sources, forward_origins, is_autograd_node
from engine.trace.event_table import ABSENT, EventTable, Kind, PhaseId

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

_FIRST_GRADIENT = "aten::ones_like"


class Claims:
    """Which rows claim a layer. An event belongs to the nearest claim among itself and its callers.

    A claim may also say "no layer": the loss's backward pass is in no layer, wherever it runs.
    """

    def __init__(self, table: EventTable, parent: Rows, range_layer: Rows, phase: NDArray[np.uint8]) -> None:
        self._table, self._parent, self._phase = table, parent, phase
        self._layer = range_layer.copy()
        self._is_claim = range_layer != ABSENT
        self._is_loss = np.zeros(len(table), np.bool_)
        self._claim_backward_ops()
        self._claim_first_gradient()

    def resolve(self) -> tuple[Rows, Mask]:
        """Return each row's layer (-1 is none), and whether it is the loss's; shape (N,) both."""
        nearest = nearest_marked(self._parent, self._is_claim)
        layer = self._layer[nearest]
        in_loss = (self._phase == PhaseId.LOSS) | self._is_loss[nearest]
        return layer, in_loss & (layer == ABSENT)

    def _claim_backward_ops(self) -> None:
        origin = forward_origins(self._table)
        backward = np.flatnonzero(origin != ABSENT)
        if not len(backward):
            return
        nearest = nearest_marked(self._parent, self._is_claim)
        forward = origin[backward]
        layer = self._layer[nearest[forward]]
        is_loss = (self._phase[forward] == PhaseId.LOSS) & (layer == ABSENT)
        is_range = self._is_claim.copy()
        self._claim(backward, layer, is_loss)
        self._claim_accumulation(is_range)

    def _claim_accumulation(self, is_range: Mask) -> None:
        is_node = is_autograd_node(self._table)
        # A range inside gradient accumulation names the layer for certain.
        ranges = np.flatnonzero(is_range & (self._parent != ABSENT))
        around = self._parent[ranges]
        free = is_node[around] & ~self._is_claim[around]
        self._claim(around[free], self._layer[ranges[free]], np.zeros(int(free.sum()), np.bool_))
        rows, sources = accumulation_sources(self._table, is_node, self._is_claim)
        self._claim(rows, self._layer[sources], self._is_loss[sources])

    def _claim_first_gradient(self) -> None:
        """The gradient that ``loss.backward()`` makes before any node runs is the loss's."""
        table = self._table
        if _FIRST_GRADIENT not in table.names or not (self._phase == PhaseId.LOSS).any():
            return
        made = (table.name == table.names.index(_FIRST_GRADIENT)) & (self._phase == PhaseId.BACKWARD)
        rows = np.flatnonzero(made & ~self._is_claim)
        caller = self._parent[rows]
        # Directly in the phase: the same op inside an autograd node is somebody's.
        rows = rows[(caller == ABSENT) | (table.kind[caller] == Kind.ANNOTATION)]
        self._claim(rows, np.full(len(rows), ABSENT), np.ones(len(rows), np.bool_))

    def _claim(self, rows: Rows, layer: Rows, is_loss: Mask) -> None:
        self._layer[rows], self._is_loss[rows], self._is_claim[rows] = layer, is_loss, True


def nearest_marked(parent: Rows, is_marked: Mask) -> Rows:
    """Return each row's nearest marked one among itself and its callers, else its outermost caller."""
    row = np.arange(len(parent))
    nearest = np.where(is_marked | (parent == ABSENT), row, parent)
    while True:
        # Each pass doubles the distance covered, so a stack of depth d takes log2(d) passes.
        further = nearest[nearest]
        if np.array_equal(further, nearest):
            return nearest
        nearest = further
