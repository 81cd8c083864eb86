"""Costs by owner: every layer, the loss, the optimizer, and what nobody owns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.attribution import Attribution
from engine.analysis.results import RowKind
from engine.trace.event_table import PhaseId

Counts = NDArray[np.int64]

# Owners 0 … L-1 are the layers; behind them stand these three.
LOSS, OPTIMIZER, UNATTRIBUTED = range(3)
OTHER_OWNERS = 3
OTHER_KINDS: tuple[RowKind, ...] = ("loss", "optimizer", "unattributed")


@dataclass(frozen=True, slots=True, eq=False)
class OwnerCosts:
    """Sums by owner, shape (L + 3,) for L layers; ``calls`` and ``compiled`` of layers only, shape (L,).

    ``compiled`` counts the graphs of torch.compile that a layer ran.

    Forward and backward of all owners together are the total, exactly: they are whole ns.
    """

    forward_ns: Counts
    backward_ns: Counts
    kernel_count: Counts
    calls: Counts
    compiled: Counts

    @classmethod
    def nothing(cls, layer_count: int) -> OwnerCosts:
        """Return zeros for a model of ``layer_count`` layers."""
        forward, backward, kernels = np.zeros((3, layer_count + OTHER_OWNERS), np.int64)
        calls, compiled = np.zeros((2, layer_count), np.int64)
        return cls(forward, backward, kernels, calls, compiled)

    def __add__(self, other: OwnerCosts) -> OwnerCosts:
        return OwnerCosts(
            self.forward_ns + other.forward_ns,
            self.backward_ns + other.backward_ns,
            self.kernel_count + other.kernel_count,
            self.calls + other.calls,
            self.compiled + other.compiled,
        )

    @property
    def layer_count(self) -> int:
        """L."""
        return len(self.calls)

    @property
    def total_ns(self) -> int:
        """Forward and backward of all owners."""
        return int(self.forward_ns.sum() + self.backward_ns.sum())

    @property
    def unattributed_ns(self) -> int:
        """What nobody owns."""
        place = self.layer_count + UNATTRIBUTED
        return int(self.forward_ns[place] + self.backward_ns[place])


def sums_ns(owner: Counts, ns: Counts, owners: int) -> Counts:
    """Sum durations by owner, shape (``owners``,); ``owner`` and ``ns`` have one of each."""
    # Sums of ns in float64 are exact up to 2^53 ns: 104 days.
    sums: Counts = np.bincount(owner, weights=ns, minlength=owners).astype(np.int64)
    return sums


def owners_of(attributed: Attribution, rows: Counts, layer_count: int) -> Counts:
    """Return the owner of each of the given rows: its layer, else loss, optimizer or nobody."""
    table = attributed.table
    layer = table.layer[rows].astype(np.int64)
    owner = np.full(len(rows), layer_count + UNATTRIBUTED, np.int64)
    owner[table.phase[rows] == PhaseId.OPTIMIZER] = layer_count + OPTIMIZER
    owner[attributed.is_loss[rows]] = layer_count + LOSS
    return np.where((layer >= 0) & (layer < layer_count), layer, owner)
