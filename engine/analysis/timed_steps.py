"""One variant's timed steps, and what is known of the machine beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.analysis.results import StepStatistics
from engine.analysis.step_blocks import StepBlocks
from engine.trace.memory_sample import TelemetrySample
from engine.trace.step_table import StepFlag


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What is known of a run beside its steps: samples of the machine, and the worker's environment."""

    telemetry: Sequence[TelemetrySample] = ()
    environment: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class TimedSteps:
    """One variant's timed steps: columns of equal length, their blocks, their spread and their device."""

    start_ns: NDArray[np.int64]
    duration_ns: NDArray[np.int64]
    flags: NDArray[np.uint8]
    blocks: StepBlocks
    spread: StepStatistics
    device: str

    @property
    def is_interrupted(self) -> NDArray[np.bool_]:
        """Which steps the operating system interrupted, as far as the worker saw."""
        is_interrupted: NDArray[np.bool_] = (self.flags & StepFlag.INTERRUPTED) != 0
        return is_interrupted

    def time_share(self, rows: NDArray[np.bool_]) -> float:
        """Return the share of all steps' time that these took, 0 … 1."""
        return float(self.duration_ns[rows].sum()) / max(1.0, float(self.duration_ns.sum()))
