"""Which kernels, or operators on a CPU, each layer runs, by what they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from engine.analysis.advice.case import Case
from engine.analysis.advice.families import Family, family_of
from engine.analysis.results import RowKind


@dataclass(frozen=True, slots=True)
class KernelUse:
    """A layer's own calls of one kernel, per step; or the optimizer's, ``layer`` being "optimizer"."""

    name: str
    family: Family
    layer: str
    us: float
    count: float

    @property
    def mean_us(self) -> float:
        """One call."""
        return self.us / self.count


def kernel_uses(case: Case, families: Collection[Family], kind: RowKind = "layer") -> list[KernelUse]:
    """Return what owners of one kind, layers as a rule, run of some families."""
    uses = []
    for row in case.summary.kernels:
        family = family_of(row)
        if family is not None and family in families:
            uses += [
                KernelUse(row.name, family, cost.path, cost.us * case.scale, cost.calls)
                for cost in row.owner_costs
                if cost.kind == kind
            ]
    return uses


def by_layer(uses: Sequence[KernelUse]) -> dict[str, list[KernelUse]]:
    """Return the uses of each layer."""
    found: dict[str, list[KernelUse]] = defaultdict(list)
    for use in uses:
        found[use.layer].append(use)
    return dict(found)


def total_us(uses: Iterable[KernelUse]) -> float:
    """Return what they take of a step, together."""
    return sum(use.us for use in uses)


def costliest_layer(uses: Sequence[KernelUse]) -> str:
    """Return the layer that they take the longest in."""
    costs = {layer: total_us(own) for layer, own in by_layer(uses).items()}
    return max(costs, key=lambda layer: costs[layer])
