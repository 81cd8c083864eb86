"""LayerSeries: one variant's windows as columns, ready to stack."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.measured import Basis
from engine.analysis.results import WindowSummary
from gui.charts.decimation import mean_groups, visible

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class LayerStack:
    """``edges_s``: (n + 1,); ``parts_us``: (k, n), bottom first. A window lasts until the next."""

    edges_s: Floats
    parts_us: Floats


class LayerSeries:
    """Grows by windows. Rows of ``parts``: forward of each layer, backward of each, other, unattributed.

    Windows that lost the device's records have the CPU's time: beside others they would mislead, so
    they count only while no window has the device's.
    """

    def __init__(self, layer_count: int) -> None:
        self.layer_count = layer_count
        self._count = 0
        self._time_s = np.empty(0)
        self._parts = np.empty((2 * layer_count + 2, 0))
        self._pending: list[WindowSummary] = []
        self._basis: Basis = "cpu"

    def __len__(self) -> int:
        return self._count + len(self._pending)

    def append(self, window: WindowSummary) -> None:
        """Add a window of this variant."""
        if window.measured_on != self._basis:
            if self._basis == "device":
                return
            self._basis, self._count, self._pending = window.measured_on, 0, []
        self._pending.append(window)

    def columns(self, origin_ns: int) -> tuple[Floats, Floats]:
        """Return seconds since the origin (n,) and parts in µs (2 L + 2, n)."""
        if self._pending:
            self._take_pending(origin_ns)
        return self._time_s[: self._count], self._parts[:, : self._count]

    def own_us(self, origin_ns: int) -> Floats:
        """Return each layer's own time, summed over the windows; shape (L,)."""
        _, parts = self.columns(origin_ns)
        sums = parts.sum(axis=1)
        return np.asarray(sums[: self.layer_count] + sums[self.layer_count : -2])

    def _take_pending(self, origin_ns: int) -> None:
        end = self._count + len(self._pending)
        if end > len(self._time_s):
            capacity = max(end, 2 * self._count, 64)
            self._time_s = np.resize(self._time_s, capacity)
            larger = np.empty((len(self._parts), capacity))
            larger[:, : self._count] = self._parts[:, : self._count]
            self._parts = larger
        self._time_s[self._count : end] = [
            # A window that opened the run began before its first step.
            max(0.0, (window.time_ns - origin_ns) / 1e9)
            for window in self._pending
        ]
        self._parts[:, self._count : end] = np.array([_parts(window) for window in self._pending]).T
        self._count = end
        self._pending = []


def stack(
    time_s: Floats,
    parts_us: Floats,
    groups: Sequence[Sequence[int]],
    start: float,
    end: float,
    most: int,
    until: float,
) -> LayerStack:
    """Sum rows into ``groups`` and, of the windows in view, average neighbours down to ``most``."""
    rows = visible(time_s, start, end)
    time_s, parts_us = time_s[rows], parts_us[:, rows]
    firsts = mean_groups(len(time_s), most)
    if len(time_s) == 0:
        return LayerStack(np.empty(0), np.empty((len(groups), 0)))
    sums = np.array([parts_us[list(group)].sum(axis=0) for group in groups])
    sizes = np.diff(firsts, append=len(time_s))
    means = np.add.reduceat(sums, firsts, axis=1) / sizes
    starts = time_s[firsts]
    # The newest window stands until now, and is never too thin to see.
    last = max(until, starts[-1] + (end - start) / 100)
    return LayerStack(np.append(starts, last), means)


def _parts(window: WindowSummary) -> tuple[float, ...]:
    return (
        *window.layer_forward_us,
        *window.layer_backward_us,
        window.other_us,
        window.unattributed_us,
    )
