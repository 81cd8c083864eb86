"""Kernels by name, summed over windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.kernel_library import kernel_library
from engine.analysis.launch_totals import LaunchTotals
from engine.analysis.measured import Measured
from engine.analysis.owner_costs import OTHER_KINDS
from engine.analysis.results import KernelOfOwner, KernelRow, RowKind
from engine.trace.event_table import EventTable, Kind

Ints = NDArray[np.int64]

_KIND_NAMES = {Kind.OP: "operator", Kind.KERNEL: "kernel", Kind.MEMCPY: "memcpy", Kind.MEMSET: "memset"}


@dataclass(slots=True)
class _Total:
    name: str
    kind: Kind
    count: int = 0
    total_ns: int = 0
    min_ns: int = 2**63 - 1
    max_ns: int = 0


class KernelTotals:
    """Count, sum and extremes per kernel name and kind, and the sum per kernel and owner."""

    def __init__(self) -> None:
        self._totals: list[_Total] = []
        self._numbers: dict[tuple[str, int], int] = {}
        # Sums by (kernel, owner), sorted: after a few windows nothing new comes, and adding is one search.
        self._pairs: Ints = np.empty(0, np.int64)
        self._pair_ns: Ints = np.empty(0, np.int64)
        self._pair_counts: Ints = np.empty(0, np.int64)
        self._launches = LaunchTotals()
        self._on_amd = False

    def add(self, table: EventTable, found: Measured, owners: Ints) -> None:
        """Add what one window measured; ``owners`` says whose each of it is, shape (M,)."""
        if not len(found.rows):
            return
        groups = table.name[found.rows].astype(np.int64) * len(Kind) + table.kind[found.rows]
        order = np.lexsort((owners, groups))
        groups, owners, cost = groups[order], owners[order], found.cost_ns[order]
        starts = np.flatnonzero(np.diff(groups, prepend=-1))
        numbers = self._add_groups(table, groups[starts].tolist(), starts, cost)
        number_of_row = np.repeat(numbers, np.diff(starts, append=len(groups)))
        self._add_pairs(_pair(number_of_row, owners), cost)
        if found.basis == "device":
            self._launches.add(table, found.rows[order], number_of_row)
            self._on_amd = self._on_amd or any(name.startswith("hip") for name in table.names)

    def rows(self, paths: tuple[str, ...], steps: int) -> tuple[KernelRow, ...]:
        """Return a row per kernel, the costliest first; each names its layers, the costliest first."""
        whole_ns = sum(total.total_ns for total in self._totals)
        steps = max(steps, 1)
        costs = self._owner_costs(paths, steps)
        ordered = sorted(enumerate(self._totals), key=lambda numbered: -numbered[1].total_ns)
        return tuple(
            _row(total, tuple(costs[number]), whole_ns, steps, self._on_device(number, total))
            for number, total in ordered
        )

    def _on_device(self, number: int, total: _Total) -> dict[str, Any]:
        """Return what only rows of a device have: kernels a launch, copies and fills bytes."""
        if total.kind == Kind.OP:
            return {}
        if total.kind == Kind.KERNEL:
            launch = self._launches.launch(number)
            reason = "" if launch else self._launches.why_not(is_kernel=True)
            library = kernel_library(total.name, self._on_amd)
            return {"library": library, "launch": launch, "device_reason": reason}
        count, per_second = self._launches.moved(number)
        reason = "" if count is not None else self._launches.why_not(is_kernel=False)
        return {"bytes": count, "bytes_per_second": per_second, "device_reason": reason}

    def _add_groups(self, table: EventTable, groups: list[int], starts: Ints, cost: Ints) -> Ints:
        """Add sums and extremes by name and kind; return the number of each group's kernel."""
        counts = np.diff(starts, append=len(cost)).tolist()
        sums, least, most = (
            reduce.reduceat(cost, starts).tolist() for reduce in (np.add, np.minimum, np.maximum)
        )
        numbers = []
        for place, group in enumerate(groups):
            name, kind = divmod(group, len(Kind))
            numbers.append(number := self._number(table.names[name], kind))
            total = self._totals[number]
            total.count += counts[place]
            total.total_ns += sums[place]
            total.min_ns = min(total.min_ns, least[place])
            total.max_ns = max(total.max_ns, most[place])
        return np.array(numbers, np.int64)

    def _number(self, name: str, kind: int) -> int:
        number = self._numbers.setdefault((name, kind), len(self._totals))
        if number == len(self._totals):
            self._totals.append(_Total(name, Kind(kind)))
        return number

    def _add_pairs(self, pairs: Ints, cost: Ints) -> None:
        # Rows of one pair stand together, in order: one sum each, then one place to add it to.
        starts = np.flatnonzero(np.diff(pairs, prepend=-1))
        pairs, counts = pairs[starts], np.diff(starts, append=len(pairs))
        order = np.argsort(pairs, kind="stable")
        pairs, counts, sums = pairs[order], counts[order], np.add.reduceat(cost, starts)[order]
        place = np.searchsorted(self._pairs, pairs)
        known = place < len(self._pairs)
        known[known] = self._pairs[place[known]] == pairs[known]
        if not known.all():
            merged = np.union1d(self._pairs, pairs[~known])
            old = np.searchsorted(merged, self._pairs)
            self._pair_ns = _spread(self._pair_ns, old, len(merged))
            self._pair_counts = _spread(self._pair_counts, old, len(merged))
            self._pairs = merged
            place = np.searchsorted(merged, pairs)
        self._pair_ns[place] += sums
        self._pair_counts[place] += counts

    def _owner_costs(self, paths: tuple[str, ...], steps: int) -> list[list[KernelOfOwner]]:
        kinds: list[RowKind] = ["layer" for _ in paths]
        kinds += OTHER_KINDS
        names = (*paths, *OTHER_KINDS)
        order = np.argsort(-self._pair_ns, kind="stable")
        numbers, owners = np.divmod(self._pairs[order], _OWNERS)
        us, counts = self._pair_ns[order] / 1e3 / steps, self._pair_counts[order] / steps
        costs: list[list[KernelOfOwner]] = [[] for _ in self._totals]
        columns = (numbers.tolist(), owners.tolist(), us.tolist(), counts.tolist())
        for number, owner, owner_us, count in zip(*columns, strict=True):
            costs[number].append(KernelOfOwner(names[owner], owner_us, count, kinds[owner]))
        return costs


def _spread(values: Ints, place: Ints, length: int) -> Ints:
    longer = np.zeros(length, np.int64)
    longer[place] = values
    return longer


_OWNERS = 2**32


def _pair(number: Ints, owner: Ints) -> Ints:
    return number * _OWNERS + owner


def _row(
    total: _Total,
    costs: tuple[KernelOfOwner, ...],
    whole_ns: int,
    steps: int,
    on_device: dict[str, Any],
) -> KernelRow:
    return KernelRow(
        name=total.name,
        kind=_KIND_NAMES[total.kind],
        count=total.count,
        total_us=total.total_ns / 1e3,
        mean_us=total.total_ns / total.count / 1e3,
        min_us=total.min_ns / 1e3,
        max_us=total.max_ns / 1e3,
        per_step_us=total.total_ns / 1e3 / steps,
        share=total.total_ns / whole_ns if whole_ns else 0.0,
        layers=tuple(cost.path for cost in costs if cost.kind == "layer"),
        owner_costs=costs,
        **on_device,
    )
