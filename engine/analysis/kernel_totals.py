"""Kernels by name, summed over windows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.analysis.measured import Measured
from engine.analysis.results import KernelRow
from engine.trace.event_table import EventTable, Kind

_KIND_NAMES = {Kind.OP: "operator", Kind.KERNEL: "kernel", Kind.MEMCPY: "memcpy", Kind.MEMSET: "memset"}


@dataclass(slots=True)
class _Total:
    count: int = 0
    total_ns: int = 0
    min_ns: int = 2**63 - 1
    max_ns: int = 0
    owner_ns: dict[int, int] = field(default_factory=dict)


class KernelTotals:
    """Count, sum and extremes per kernel name and kind; grows by windows."""

    def __init__(self) -> None:
        self._totals: dict[tuple[str, Kind], _Total] = {}

    def add(self, table: EventTable, found: Measured, owners: NDArray[np.int64]) -> None:
        """Add what one window measured; ``owners`` says whose each of it is, shape (M,)."""
        for name, kind, owner, count, total_ns, min_ns, max_ns in _groups(table, found, owners):
            key = (table.names[name], Kind(kind))
            total = self._totals.get(key)
            if total is None:
                total = self._totals[key] = _Total()
            total.count += count
            total.total_ns += total_ns
            total.min_ns = min(total.min_ns, min_ns)
            total.max_ns = max(total.max_ns, max_ns)
            total.owner_ns[owner] = total.owner_ns.get(owner, 0) + total_ns

    def rows(self, paths: tuple[str, ...], steps: int) -> tuple[KernelRow, ...]:
        """Return a row per kernel, the costliest first; each names its layers, the costliest first."""
        whole_ns = sum(total.total_ns for total in self._totals.values())
        ordered = sorted(self._totals.items(), key=lambda item: -item[1].total_ns)
        return tuple(
            KernelRow(
                name=name,
                kind=_KIND_NAMES[kind],
                count=total.count,
                total_us=total.total_ns / 1e3,
                mean_us=total.total_ns / total.count / 1e3,
                min_us=total.min_ns / 1e3,
                max_us=total.max_ns / 1e3,
                per_step_us=total.total_ns / 1e3 / max(steps, 1),
                share=total.total_ns / whole_ns if whole_ns else 0.0,
                layers=_layers(total.owner_ns, paths),
            )
            for (name, kind), total in ordered
        )


def _layers(owner_ns: dict[int, int], paths: tuple[str, ...]) -> tuple[str, ...]:
    costliest = sorted(owner_ns, key=lambda owner: -owner_ns[owner])
    return tuple(paths[owner] for owner in costliest if owner < len(paths))


def _groups(
    table: EventTable, found: Measured, owners: NDArray[np.int64]
) -> Iterator[tuple[int, int, int, int, int, int, int]]:
    """Yield name, kind, owner, count, sum, min and max (ns) for each that occurs together."""
    rows, cost = found.rows, found.cost_ns
    if not len(rows):
        return
    owner_count = int(owners.max()) + 1
    key = (table.name[rows].astype(np.int64) * len(Kind) + table.kind[rows]) * owner_count + owners
    order = np.argsort(key, kind="stable")
    key, cost = key[order], cost[order]
    starts = np.flatnonzero(np.diff(key, prepend=-1))
    name_and_kind, owner = np.divmod(key[starts], owner_count)
    name, kind = np.divmod(name_and_kind, len(Kind))
    columns = (
        name,
        kind,
        owner,
        np.diff(starts, append=len(key)),
        np.add.reduceat(cost, starts),
        np.minimum.reduceat(cost, starts),
        np.maximum.reduceat(cost, starts),
    )
    yield from zip(*(column.tolist() for column in columns), strict=True)
