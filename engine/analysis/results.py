"""The results that views draw and reports print. Frozen; microseconds unless named otherwise."""

from __future__ import annotations

from array import array
from dataclasses import dataclass
from typing import Literal, NamedTuple

from engine.analysis.completeness import Completeness
from engine.analysis.measured import Basis
from engine.analysis.memory_results import StepMemory
from engine.analysis.work_results import VariantWork
from engine.wire.median_interval import reach

# What is unavailable of a layer inside a compiled region.
MEASURED_OF_LAYER = (
    *("forward_us", "backward_us", "forward_total_us", "backward_total_us"),
    *("calls", "kernel_count"),
    *("launches", "launch_overhead_us", "gap_count", "mean_gap_us"),
)

RowKind = Literal["layer", "optimizer", "loss", "unattributed"]
# fmt: off
PartName = Literal[
    "kernel", "memcpy", "memset", "between_kernels",
    "overhead", "host_wait", "runtime", "operators", "other", "unknown",
]
# fmt: on

# What the host does while nothing is queued on the device; on a CPU, all there is.
CPU_PARTS: tuple[PartName, ...] = ("overhead", "host_wait", "runtime", "operators", "other")
DEVICE_PARTS: tuple[PartName, ...] = ("kernel", "memcpy", "memset", "between_kernels", *CPU_PARTS, "unknown")
Size = tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStatistics:
    """Spread of a variant's bare step times (measured).

    ``median_interval_95_us``: the 95 % interval of the median, (low, high), by a block bootstrap
    (`engine.wire.median_interval`); None where there are too few steps to have one.
    """

    count: int
    median_us: float
    mean_us: float
    min_us: float
    max_us: float
    p1_us: float
    p5_us: float
    p10_us: float
    p25_us: float
    p75_us: float
    p90_us: float
    p95_us: float
    p99_us: float
    mad_us: float
    median_interval_95_us: tuple[float, float] | None = None

    @property
    def interval_share(self) -> float | None:
        """How far the interval reaches from the median at most, as a share of it: 0.01 is ±1 %."""
        interval = self.median_interval_95_us
        return None if interval is None else reach(self.median_us, *interval)


FlagKind = Literal["drift", "outliers", "interrupted", "throttled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadFlag:
    """Something that happened to a variant's timed steps; they count all the same.

    ``count``: the steps concerned. ``text``: what was seen, in numbers; ``advice``: what to do about it.
    """

    kind: FlagKind
    count: int
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpreadFlags:
    """All flags of a variant. ``unknown`` says, by kind, why nobody looked: no flag is no all-clear."""

    found: tuple[SpreadFlag, ...] = ()
    unknown: tuple[tuple[FlagKind, str], ...] = ()


NO_FLAGS = SpreadFlags()


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerRow:
    """One layer's cost per step: device time on a GPU, self time of operators on a CPU.

    ``forward_us`` and ``backward_us`` are the layer's own; rows of all kinds sum to the total.
    ``*_total_us`` include the layers inside. ``calls``, ``kernel_count`` are per step, and
    own too. Rows of other kinds than ``layer`` carry the work that belongs to no layer.

    ``compiled_region`` is the path of the layer that torch.compile made one region of, with this one
    in it: only that layer has numbers. None: this layer is not compiled.
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
    # Launching, own and per step; None on a CPU. Of ``gap_count`` kernels, copies and fills it is known
    # how long their stream had stood idle before them: ``mean_gap_us`` on average.
    launches: float | None = None
    launch_overhead_us: float | None = None
    gap_count: float | None = None
    mean_gap_us: float | None = None

    # The work of a step, counted before measuring (`engine.trace.step_work`); None is not available.
    # ``*_total``, ``unknown_ops``, the intensity (FLOPs a byte) and the achieved rates include the layers
    # inside; the rates divide by the row's time, under the profiler. With unknown ops FLOPs are a lower
    # bound.
    parameter_count: int | None = None
    parameter_bytes: int | None = None
    forward_flops: int | None = None
    backward_flops: int | None = None
    flops_total: int | None = None
    estimated_flops: int | None = None
    unknown_ops: tuple[str, ...] = ()
    moved_bytes: int | None = None
    moved_bytes_total: int | None = None
    arithmetic_intensity: float | None = None
    achieved_flops_per_second: float | None = None
    achieved_bytes_per_second: float | None = None
    compiled_region: str | None = None

    @property
    def is_in_region(self) -> bool:
        """Whether this layer's part of a compiled region can't be told: its numbers are unavailable."""
        return self.compiled_region is not None and self.compiled_region != self.path

    @property
    def own_us(self) -> float:
        """Forward and backward, without the layers inside."""
        return self.forward_us + self.backward_us

    @property
    def total_us(self) -> float:
        """Forward and backward, the layers inside included."""
        return self.forward_total_us + self.backward_total_us


@dataclass(frozen=True, slots=True, kw_only=True)
class LaunchSummary:
    """How the kernels of one name were launched. None is unavailable: ``reason`` says why.

    ``grid`` (blocks), ``block`` (threads), ``registers_per_thread`` and ``shared_memory_bytes`` (of a block)
    are those of the most frequent of the ``configurations``. ``occupancy_percent`` (0 … 100, estimated by
    torch from these; a reason of its own) and ``blocks_per_sm`` (launched, over the number of
    multiprocessors) are means over the launches, weighted by their time.
    """

    grid: Size | None = None
    block: Size | None = None
    configurations: int = 0
    registers_per_thread: int | None = None
    shared_memory_bytes: int | None = None
    blocks_per_sm: float | None = None
    reason: str = ""
    occupancy_percent: float | None = None
    occupancy_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueSummary:
    """Kernels, copies and fills that were launched and had not begun, over all profiled steps.

    ``mean_length`` is over the time from a window's first launch to its last beginning, None if that is
    no time; ``mean_wait_us`` is from the launch call's return to the beginning. Of ``device_events`` only
    those ``matched`` with their launch are in it. ``newest_lengths`` are the most in each of equal parts of
    the newest window's ``newest_us``.
    """

    mean_length: float | None
    max_length: int
    mean_wait_us: float
    matched: int
    device_events: int
    newest_lengths: tuple[int, ...] = ()
    newest_us: float = 0.0


class KernelOfOwner(NamedTuple):
    """One owner's part of a kernel or operator, per step: a layer's own, without the layers inside.

    ``path`` is that of the layer; of the loss, the optimizer and what is nobody's it is the ``kind``.
    A tuple: a model of hundreds of layers makes thousands of them anew several times a second.
    """

    path: str
    us: float
    calls: float
    kind: RowKind = "layer"


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelRow:
    """One kernel, copy or fill by name; on a CPU one operator, with self time.

    ``count`` and ``total_us`` are over all profiled steps; ``per_step_us`` divides by them. Kernels have
    a ``library`` and a ``launch``; copies and fills have ``bytes``, the sum of all, and ``bytes_per_second``,
    that over their time. ``device_reason`` says why a row has not what its kind should have.
    ``owner_costs`` split it by layer, loss, optimizer and nobody, the costliest first.
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
    owner_costs: tuple[KernelOfOwner, ...] = ()
    library: str | None = None
    launch: LaunchSummary | None = None
    bytes: int | None = None
    bytes_per_second: float | None = None
    device_reason: str = ""


@dataclass(frozen=True, slots=True)
class BreakdownPart:
    """One part of a step's wall time, in µs per step."""

    name: PartName
    us: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StepBreakdown:
    """Where the mean profiled step's wall time went; the ``parts`` sum to ``wall_us``.

    On a device: `DEVICE_PARTS`, of ``device``, the busiest of the ``devices`` that ran; on a CPU:
    `CPU_PARTS`, and ``reason`` says why a device has none. See `engine.analysis.step_breakdown`.
    """

    basis: Basis
    steps: int
    wall_us: float
    parts: tuple[BreakdownPart, ...]
    device: int | None = None
    devices: int = 0
    reason: str = ""

    def part_us(self, name: PartName) -> float | None:
        """Return a part; None if this basis has none of that name."""
        return next((part.us for part in self.parts if part.name == name), None)

    @property
    def waiting_for_host_us(self) -> float | None:
        """Device idle because nothing was queued; None on a CPU."""
        if self.basis == "cpu":
            return None
        return sum(part.us for part in self.parts if part.name in CPU_PARTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowSummary:
    """One window in small: what the live charts draw. Times are per step.

    ``layer_forward_us[i]`` and ``layer_backward_us[i]`` are layer i's own times, i indexing the
    variant's `BuiltModel.layers`; arrays, because a long run keeps thousands of windows in memory.
    ``other_us`` is loss + optimizer; ``total_us`` is the sum of all. ``measured_on`` says whose time that
    is: a window that lost the device's records has the CPU's.
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
    measured_on: Basis = "cpu"


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantSummary:
    """All that is known of one variant so far. ``steps`` is None until a bare step was timed.

    Layers, kernels and ``total_us`` are of the ``profiled_steps`` in all ``windows`` but
    ``windows_left_out``: those whose steps took over three times as long as the median window's.
    ``launch_queue`` is None if nothing on a device could be paired with its launch.
    ``work`` and ``memory`` are of one step before measuring; None: an opened trace, or an older recording.
    Of ``total_us``, ``stepless_us`` belongs to no step: a trace may hold work that was queued before them.
    """

    name: str
    steps: StepStatistics | None
    windows: int
    profiled_steps: int
    windows_left_out: int = 0
    measured_on: Basis
    attributed_share: float | None
    total_us: float
    layers: tuple[LayerRow, ...]
    kernels: tuple[KernelRow, ...]
    completeness: Completeness | None
    stepless_us: float = 0.0
    breakdown: StepBreakdown | None = None
    launch_queue: QueueSummary | None = None
    flags: SpreadFlags = NO_FLAGS
    work: VariantWork | None = None
    memory: StepMemory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """The whole run in small."""

    variants: tuple[VariantSummary, ...]
    profiling_share: float | None
