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
# Windows whose parts are summed at a time: a few MB of a large model.
_BATCH = 1024


class LayerSeries:
    """Grows by windows. Parts: forward of each layer, backward of each, other, unattributed.

    Windows that lost the device's records have the CPU's time: beside others they would mislead, so
    they count only while no window has the device's.

    What every redraw needs is kept up to date (sums over windows, totals, the sums of the groups drawn
    last): after ten minutes, adding up all windows of a large model anew would take a frame's whole time.
    """

    def __init__(self, layer_count: int) -> None:
        self.layer_count = layer_count
        self.windows: list[WindowSummary] = []
        self._count = 0
        self._time_s = np.empty(0)
        self._total_us = np.empty(0)
        self._sums_us = np.zeros(2 * layer_count + 2)
        self._groups: Groups = ()
        self._grouped_us = np.empty((0, 0))
        self._basis: Basis = "cpu"

    def __len__(self) -> int:
        return len(self.windows)

    def append(self, window: WindowSummary) -> None:
        """Add a window of this variant."""
        if window.measured_on != self._basis:
            if self._basis == "device":
                return
            self._begin_anew(window.measured_on)
        self.windows.append(window)

    def _begin_anew(self, basis: Basis) -> None:
        self._basis, self._count, self.windows = basis, 0, []
        self._sums_us = np.zeros_like(self._sums_us)

    def time_s(self, origin_ns: int) -> Floats:
        """Return seconds since the origin; shape (n,)."""
        self._take_new(origin_ns)
        return self._time_s[: self._count]

    def total_us(self, origin_ns: int) -> Floats:
        """Return the sum of each window's parts; shape (n,)."""
        self._take_new(origin_ns)
        return self._total_us[: self._count]

    def sums_us(self, origin_ns: int) -> Floats:
        """Return each part summed over the windows; shape (2 L + 2,)."""
        self._take_new(origin_ns)
        return self._sums_us

    def own_us(self, origin_ns: int) -> Floats:
        """Return each layer's own time, summed over the windows; shape (L,)."""
        sums = self.sums_us(origin_ns)
        return np.asarray(sums[: self.layer_count] + sums[self.layer_count : -2])

    def grouped_us(self, origin_ns: int, groups: Groups) -> Floats:
        """Return the sum of each group's parts in each window; shape (k, n)."""
        self._take_new(origin_ns)
        if groups != self._groups:
            self._groups = groups
            self._grouped_us = np.empty((len(groups), len(self._time_s)))
            for first in range(0, self._count, _BATCH):
                self._group(_parts_us(self.windows[first : min(first + _BATCH, self._count)]), first)
        return self._grouped_us[:, : self._count]

    def _take_new(self, origin_ns: int) -> None:
        new = self.windows[self._count :]
        if not new:
            return
        first, self._count = self._count, len(self.windows)
        self._reserve()
        parts_us = _parts_us(new)
        # A window that opened the run began before its first step.
        times = [max(0.0, (window.time_ns - origin_ns) / 1e9) for window in new]
        self._time_s[first : self._count] = times
        self._total_us[first : self._count] = parts_us.sum(axis=0)
        self._sums_us = self._sums_us + parts_us.sum(axis=1)
        self._group(parts_us, first)

    def _group(self, parts_us: Floats, first: int) -> None:
        end = first + parts_us.shape[1]
        for row, group in enumerate(self._groups):
            self._grouped_us[row, first:end] = parts_us[list(group)].sum(axis=0)

    def _reserve(self) -> None:
        capacity = len(self._time_s)
        if self._count <= capacity:
            return
        more = max(self._count, 2 * capacity, 64) - capacity
        self._time_s = np.pad(self._time_s, (0, more))
        self._total_us = np.pad(self._total_us, (0, more))
        self._grouped_us = np.pad(self._grouped_us, ((0, 0), (0, more)))


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


def _parts_us(windows: Sequence[WindowSummary]) -> Floats:
    """Return the parts of windows as columns; shape (2 L + 2, n)."""
    return np.array([_parts(window) for window in windows]).T


def _parts(window: WindowSummary) -> Floats:
    rest = (window.other_us, window.unattributed_us)
    return np.concatenate((window.layer_forward_us, window.layer_backward_us, rest))
