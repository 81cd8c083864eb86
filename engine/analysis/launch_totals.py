"""How the kernels of each name were launched, and what copies moved, summed over windows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engine.analysis.launch_grids import grids_in_blocks
from engine.analysis.occupancy import IMPOSSIBLE_OCCUPANCY, believable_occupancy
from engine.analysis.results import LaunchSummary, Size
from engine.trace.event_table import EventTable
from engine.wire.launch_columns import NOT_TOLD

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

NOT_TOLD_OF_KERNEL = (
    "The profile does not say how this was launched: of replayed graphs, and of what was launched before it "
    "began, it often doesn't."
)
NOT_TOLD_OF_COPY = "The profile does not say how many bytes these were."
PARTLY_TOLD = "The profile does not say it: of AMD's kernels torch records no more than grid and block."

# Grid, block, registers, shared memory.
_Configuration = tuple[int, ...]


@dataclass(slots=True)
class _Mean:
    """A mean over launches, weighted by their time."""

    weighted: float = 0.0
    ns: int = 0

    @property
    def value(self) -> float | None:
        return self.weighted / self.ns if self.ns else None


@dataclass(slots=True)
class _Total:
    """Sums over the launches of one kernel, or over copies of one name."""

    configurations: Counter[_Configuration] = field(default_factory=Counter)
    occupancy: _Mean = field(default_factory=_Mean)
    blocks_per_sm: _Mean = field(default_factory=_Mean)
    bytes: int = 0
    bytes_ns: int = 0
    has_bytes: bool = False


class LaunchTotals:
    """Sums by the number that `engine.analysis.kernel_totals` gives each kernel."""

    def __init__(self) -> None:
        self._totals: dict[int, _Total] = {}
        self._unavailable = ""

    def add(self, table: EventTable, rows: Ints, numbers: Ints) -> None:
        """Add a window's device events; ``numbers`` says which kernel each row is, shape (M,) both."""
        details = table.details
        self._unavailable = details.unavailable or self._unavailable
        places = details.places_of(rows)
        told = places != -1
        if not told.any():
            return
        numbers, places = numbers[told], places[told]
        duration_ns = table.duration_ns[rows[told]]
        self._add_configurations(table, numbers, places)
        self._add_means("occupancy", numbers, believable_occupancy(details)[places], duration_ns)
        self._add_means("blocks_per_sm", numbers, details.blocks_per_sm[places], duration_ns)
        self._add_bytes(numbers, details.bytes[places], duration_ns)

    def launch(self, number: int) -> LaunchSummary | None:
        """Return how a kernel was launched; None if no launch of it was told."""
        total = self._totals.get(number)
        return _launch(total) if total is not None and total.configurations else None

    def moved(self, number: int) -> tuple[int | None, float | None]:
        """Return the bytes of all copies of one name, and bytes per second; None if not told."""
        total = self._totals.get(number)
        if total is None or not total.has_bytes:
            return None, None
        return total.bytes, total.bytes / total.bytes_ns * 1e9 if total.bytes_ns else None

    def why_not(self, is_kernel: bool) -> str:
        """Return why `launch` or `moved` has nothing to say."""
        return self._unavailable or (NOT_TOLD_OF_KERNEL if is_kernel else NOT_TOLD_OF_COPY)

    def _total(self, number: int) -> _Total:
        return self._totals.setdefault(number, _Total())

    def _add_configurations(self, table: EventTable, numbers: Ints, places: Ints) -> None:
        details = table.details
        columns = (
            *grids_in_blocks(table)[places].T,
            *(details.block_x[places], details.block_y[places], details.block_z[places]),
            *(details.registers_per_thread[places], details.shared_memory_bytes[places]),
        )
        lists = (column.tolist() for column in (numbers, *columns))
        for (number, *values), count in Counter(zip(*lists, strict=True)).items():
            if max(values) > NOT_TOLD:
                self._total(number).configurations[tuple(values)] += count

    def _add_means(self, name: str, numbers: Ints, values: Floats, duration_ns: Ints) -> None:
        known = ~np.isnan(values)
        if not known.any():
            return
        numbers, weights = numbers[known], duration_ns[known]
        weighted = np.bincount(numbers, weights=values[known] * weights)
        times = np.bincount(numbers, weights=weights)
        for number in np.unique(numbers).tolist():
            mean: _Mean = getattr(self._total(number), name)
            mean.weighted += float(weighted[number])
            mean.ns += int(times[number])

    def _add_bytes(self, numbers: Ints, values: Ints, duration_ns: Ints) -> None:
        known = values != NOT_TOLD
        columns = (numbers[known].tolist(), values[known].tolist(), duration_ns[known].tolist())
        for number, count, ns in zip(*columns, strict=True):
            total = self._total(number)
            total.bytes += count
            total.bytes_ns += ns
            total.has_bytes = True


def _launch(total: _Total) -> LaunchSummary:
    ((values, _),) = total.configurations.most_common(1)
    occupancy, blocks_per_sm = total.occupancy.value, total.blocks_per_sm.value
    was_estimated = blocks_per_sm is not None
    return LaunchSummary(
        grid=_size(values[:3]),
        block=_size(values[3:6]),
        configurations=len(total.configurations),
        registers_per_thread=_told(values[6]),
        shared_memory_bytes=_told(values[7]),
        blocks_per_sm=blocks_per_sm,
        reason="" if was_estimated and NOT_TOLD not in values else PARTLY_TOLD,
        occupancy_percent=occupancy,
        occupancy_reason="" if occupancy is not None else _why_no_occupancy(was_estimated),
    )


def _why_no_occupancy(was_estimated: bool) -> str:
    return IMPOSSIBLE_OCCUPANCY if was_estimated else PARTLY_TOLD


def _size(values: _Configuration) -> Size | None:
    x, y, z = values
    return None if NOT_TOLD in values else (x, y, z)


def _told(value: int) -> int | None:
    return None if value == NOT_TOLD else value
