"""KernelDurations: how long one kernel took each time, gathered off the GUI thread."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread

import numpy as np
from numpy.typing import NDArray

from engine.analysis.attribution import attribute_fully
from engine.analysis.measured import measured
from engine.recording.recording import Recording
from engine.trace.window import Window
from gui.kernels_page.kernel_entry import KernelEntry

# Enough calls for a histogram; a long run has thousands of windows, many of them on disk alone.
_MOST_WINDOWS = 40


class KernelDurations(Thread):
    """One look at the newest windows of a variant. ``durations_us`` is there when `is_done`.

    Durations on a device, self times of operators on a CPU, as in the table.
    """

    def __init__(self, recording: Recording, entry: KernelEntry) -> None:
        super().__init__(name="kernel durations", daemon=True)
        self.entry = entry
        self.durations_us: NDArray[np.float64] = np.empty(0)
        self.window_count = 0
        self.is_done = False
        self._recording = recording
        self._cancelled = Event()

    def cancel(self) -> None:
        """Give up; nobody waits for it any more."""
        self._cancelled.set()

    def run(self) -> None:
        """Read the windows, the newest first."""
        found = []
        try:
            for window in self._windows():
                found.append(_durations_us(window, self.entry))
                self.window_count += 1
            self.durations_us = np.concatenate(found) if found else np.empty(0)
        finally:
            self.is_done = True

    def _windows(self) -> Iterator[Window]:
        count = 0
        for index in reversed(range(self._recording.window_count)):
            if self._cancelled.is_set() or count == _MOST_WINDOWS:
                return
            window = self._recording.window(index)
            if window.variant == self.entry.variant_index:
                count += 1
                yield window


def _durations_us(window: Window, entry: KernelEntry) -> NDArray[np.float64]:
    table = window.table
    numbers = [number for number, name in enumerate(table.names) if name == entry.row.name]
    if not numbers:
        return np.empty(0)
    table = attribute_fully(table).table
    found = measured(table)
    return np.asarray(found.cost_ns[np.isin(table.name[found.rows], numbers)] / 1e3, dtype=np.float64)
