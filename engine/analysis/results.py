"""The results that views draw and reports print. Frozen; microseconds unless named otherwise."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Literal

RowKind = Literal["layer", "optimizer", "loss", "unattributed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatistics:
    """Spread of a variant's bare step times (measured)."""

    count: int
    median_us: float
    mean_us: float
    min_us: float
    max_us: float
    p10_us: float
    p90_us: float
    mad_us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRow:
    """One layer's cost per step: device time on a GPU, self time of operators on a CPU.

    ``forward_us`` and ``backward_us`` are the layer's own; rows of all kinds sum to the total.
    ``*_total_us`` include the layers inside. ``calls``, ``kernel_count`` are per step, and
    own too. Rows of other kinds than ``layer`` carry the work that belongs to no layer.
    """

    path: str
    type: str
    kind: RowKind = "layer"
    forward_us: float = 0.0
    backward_us: float = 0.0
    forward_total_us: float = 0.0
    backward_total_us: float = 0.0
    calls: float = 0.0
    kernel_count: float = 0.0

    @property
    def own_us(self) -> float:
        """Forward and backward, without the layers inside."""
        return self.forward_us + self.backward_us

    @property
    def total_us(self) -> float:
        """Forward and backward, the layers inside included."""
        return self.forward_total_us + self.backward_total_us


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelRow:
    """One kernel, copy or fill by name; on a CPU one operator, with self time.

    ``count`` and ``total_us`` are over all profiled steps; ``per_step_us`` divides by them.
    """

    name: str
    kind: str
    count: int
    total_us: float
    mean_us: float
    min_us: float
    max_us: float
    per_step_us: float
    share: float
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """What a profile saw and what it missed. None: can't be known here, ``reason`` says why.

    ``kernels_matched`` kernels have their launch in the profile; ``launches_matched`` launches left
    at least one kernel in it (a graph launch leaves many), so the rest of ``launches`` is missing.
    """

    events: int
    launches: int | None
    kernels: int | None
    kernels_matched: int | None
    launches_matched: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSummary:
    """One window in small: what the live charts draw. Times are per step.

    ``layer_forward_us[i]`` and ``layer_backward_us[i]`` are layer i's own times, i indexing the
    variant's `BuiltModel.layers`; arrays, because a long run keeps thousands of windows in memory.
    ``other_us`` is loss + optimizer; ``total_us`` is the sum of all.
    """

    index: int
    variant: int
    time_ns: int
    steps: int
    layer_forward_us: array[float]
    layer_backward_us: array[float]
    other_us: float
    unattributed_us: float
    total_us: float
    completeness: Completeness


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSummary:
    """All that is known of one variant so far. ``steps`` is None until a bare step was timed.

    Layers, kernels and ``total_us`` are of the ``profiled_steps`` in all ``windows`` but
    ``windows_left_out``: those whose steps took over three times as long as the median window's.
    """

    name: str
    steps: StepStatistics | None
    windows: int
    profiled_steps: int
    windows_left_out: int = 0
    measured_on: Literal["device", "cpu"]
    attributed_share: float | None
    total_us: float
    layers: tuple[LayerRow, ...]
    kernels: tuple[KernelRow, ...]
    completeness: Completeness | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """The whole run in small."""

    variants: tuple[VariantSummary, ...]
    profiling_share: float | None
