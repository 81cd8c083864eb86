"""StepSeries: the steps of a run in the shape that the step chart draws."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.step_table import StepFlag, StepTable

Floats = NDArray[np.float64]


class GrowingColumn:
    """A column of float64 that grows by doubling; ``values`` is a view."""

    def __init__(self) -> None:
        self._array: Floats = np.empty(1024)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    @property
    def values(self) -> Floats:
        """All values so far."""
        return self._array[: self._count]

    def extend(self, values: Floats) -> None:
        """Add values at the end."""
        end = self._count + len(values)
        if end > len(self._array):
            larger = np.empty(max(end, 2 * len(self._array)))
            larger[: self._count] = self.values
            self._array = larger
        self._array[self._count : end] = values
        self._count = end


class VariantSteps:
    """One variant's timed steps, and apart the profiled ones: seconds since the origin, and µs."""

    def __init__(self) -> None:
        self.time_s = GrowingColumn()
        self.duration_us = GrowingColumn()
        self.profiled_time_s = GrowingColumn()
        self.profiled_us = GrowingColumn()


class StepSeries:
    """Takes in only the rows that are new. Seconds count from the run's first step."""

    def __init__(self) -> None:
        self.origin_ns: int | None = None
        self.newest_s = 0.0
        self.variants: list[VariantSteps] = []
        self.window_time_s = GrowingColumn()
        self.warm_up_spans: list[tuple[float, float]] = []
        self._count = 0
        self._was_warm_up = False

    @property
    def has_timed_steps(self) -> bool:
        """Whether any step ran without the profiler."""
        return any(len(variant.time_s) for variant in self.variants)

    def columns(self, variant: VariantSteps) -> tuple[Floats, Floats]:
        """Return what to draw of a variant: a trace file may hold profiled steps alone."""
        if self.has_timed_steps:
            return variant.time_s.values, variant.duration_us.values
        return variant.profiled_time_s.values, variant.profiled_us.values

    def extend(self, steps: StepTable) -> None:
        """Take in a longer snapshot of the same run's steps."""
        new = steps.select(slice(self._count, None))
        if len(new) == 0:
            return
        if self.origin_ns is None:
            self.origin_ns = int(new.start_ns[0])
        self._count += len(new)
        time_s = (new.start_ns - self.origin_ns) / 1e9
        duration_us = new.duration_ns / 1e3
        self.newest_s = float(time_s[-1] + duration_us[-1] / 1e6)
        self._add_steps(new, time_s, duration_us)
        self.window_time_s.extend(time_s[(new.flags & StepFlag.PROFILED) != 0])
        self._add_warm_up((new.flags & StepFlag.WARM_UP) != 0, time_s, time_s + duration_us / 1e6)

    def _add_steps(self, new: StepTable, time_s: Floats, duration_us: Floats) -> None:
        # Warm-up steps are drawn (and shaded); profiled ones include the profiler and are not.
        timed = (new.flags & StepFlag.PROFILED) == 0
        while len(self.variants) <= int(new.variant.max()):
            self.variants.append(VariantSteps())
        for index, variant in enumerate(self.variants):
            own = new.variant == index
            variant.time_s.extend(time_s[timed & own])
            variant.duration_us.extend(duration_us[timed & own])
            variant.profiled_time_s.extend(time_s[~timed & own])
            variant.profiled_us.extend(duration_us[~timed & own])

    def _add_warm_up(self, is_warm_up: NDArray[np.bool_], start_s: Floats, end_s: Floats) -> None:
        if not is_warm_up.any():
            self._was_warm_up = False
            return
        padded = np.concatenate(([False], is_warm_up, [False])).astype(np.int8)
        changes = np.diff(padded)
        for first, last in zip(np.flatnonzero(changes == 1), np.flatnonzero(changes == -1) - 1, strict=True):
            start = float(start_s[first])
            if first == 0 and self._was_warm_up:
                start = self.warm_up_spans.pop()[0]
            self.warm_up_spans.append((start, float(end_s[last])))
        self._was_warm_up = bool(is_warm_up[-1])
