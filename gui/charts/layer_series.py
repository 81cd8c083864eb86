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


Groups = Sequence[Sequence[int]]


class LayerSeries:
    """Grows by windows. Rows of ``parts``: forward of each layer, backward of each, other, unattributed.

    Windows that lost the device's records have the CPU's time: beside others they would mislead, so
    they count only while no window has the device's.

    What every redraw needs is kept up to date (sums over windows, totals, the sums of the groups drawn
    last): after ten minutes, adding up all windows of a large model anew would take a frame's whole time.
    """

    def __init__(self, layer_count: int) -> None:
        self.layer_count = layer_count
        self._count = 0
        self._time_s = np.empty(0)
        # Half the memory, and seven digits are more than any chart shows.
        self._parts = np.empty((2 * layer_count + 2, 0), np.float32)
        self._total_us = np.empty(0)
        self._sums_us = np.zeros(2 * layer_count + 2)
        self._groups: Groups = ()
        self._grouped_us = np.empty((0, 0))
        self._grouped_count = 0
        self._pending: list[WindowSummary] = []
        self._basis: Basis = "cpu"

    def __len__(self) -> int:
        return self._count + len(self._pending)

    def append(self, window: WindowSummary) -> None:
        """Add a window of this variant."""
        if window.measured_on != self._basis:
            if self._basis == "device":
                return
            self._begin_anew(window.measured_on)
        self._pending.append(window)

    def _begin_anew(self, basis: Basis) -> None:
        self._basis, self._count, self._grouped_count, self._pending = basis, 0, 0, []
        self._sums_us = np.zeros_like(self._sums_us)

    def columns(self, origin_ns: int) -> tuple[Floats, NDArray[np.float32]]:
        """Return seconds since the origin (n,) and parts in µs (2 L + 2, n)."""
        self._take_pending(origin_ns)
        return self._time_s[: self._count], self._parts[:, : self._count]

    def total_us(self, origin_ns: int) -> Floats:
        """Return the sum of each window's parts; shape (n,)."""
        self._take_pending(origin_ns)
        return self._total_us[: self._count]

    def sums_us(self, origin_ns: int) -> Floats:
        """Return each part summed over the windows; shape (2 L + 2,)."""
        self._take_pending(origin_ns)
        return self._sums_us

    def own_us(self, origin_ns: int) -> Floats:
        """Return each layer's own time, summed over the windows; shape (L,)."""
        sums = self.sums_us(origin_ns)
        return np.asarray(sums[: self.layer_count] + sums[self.layer_count : -2])

    def grouped_us(self, origin_ns: int, groups: Groups) -> Floats:
        """Return the sum of each group's parts in each window; shape (k, n)."""
        self._take_pending(origin_ns)
        if groups != self._groups:
            self._groups, self._grouped_count = groups, 0
        first, end = self._grouped_count, self._count
        if self._grouped_us.shape != (len(groups), len(self._time_s)):
            known = self._grouped_us
            self._grouped_us = np.empty((len(groups), len(self._time_s)))
            if first:
                self._grouped_us[:, :first] = known[:, :first]
        for row, group in enumerate(groups):
            self._grouped_us[row, first:end] = self._parts[list(group), first:end].sum(axis=0)
        self._grouped_count = end
        return self._grouped_us[:, :end]

    def _take_pending(self, origin_ns: int) -> None:
        if not self._pending:
            return
        end = self._count + len(self._pending)
        if end > len(self._time_s):
            self._grow(max(end, 2 * self._count, 64))
        new = slice(self._count, end)
        # A window that opened the run began before its first step.
        self._time_s[new] = [max(0.0, (window.time_ns - origin_ns) / 1e9) for window in self._pending]
        parts = np.array([_parts(window) for window in self._pending]).T
        self._parts[:, new] = parts
        self._total_us[new] = parts.sum(axis=0)
        self._sums_us = self._sums_us + parts.sum(axis=1)
        self._count = end
        self._pending = []

    def _grow(self, capacity: int) -> None:
        self._time_s = np.resize(self._time_s, capacity)
        self._total_us = np.resize(self._total_us, capacity)
        larger = np.empty((len(self._parts), capacity), np.float32)
        larger[:, : self._count] = self._parts[:, : self._count]
        self._parts = larger


def stack(time_s: Floats, parts_us: Floats, start: float, end: float, most: int, until: float) -> LayerStack:
    """Average neighbours of the windows in view down to ``most``. ``parts_us``: (k, n), bottom first."""
    rows = visible(time_s, start, end)
    time_s, parts_us = time_s[rows], parts_us[:, rows]
    firsts = mean_groups(len(time_s), most)
    if len(time_s) == 0:
        return LayerStack(np.empty(0), np.empty((len(parts_us), 0)))
    sizes = np.diff(firsts, append=len(time_s))
    means = np.add.reduceat(parts_us, firsts, axis=1) / sizes
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
