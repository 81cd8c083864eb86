"""LayerEntry: a row of the layers tree."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

EntryKind = Literal["variant", "layer", "optimizer", "loss", "unattributed", "sum"]


@dataclass(frozen=True, kw_only=True)
class LayerEntry:
    """Times are µs per step; None is not measured yet. ``*_total_us`` include the layers inside.

    ``share`` is the own time's part (0 … 1) of the variant's total; own times sum to that total.
    Launches and gaps are the layer's own. ``parameter_count``, the work of a step, how fast it is done, and
    the most memory held at one time include the layers inside. With ``unknown_ops`` FLOPs are a lower bound.
    ``region`` says of which compiled region the layer is part, or that it is one: then the region's layer
    alone has numbers.
    """

    kind: EntryKind
    variant: int
    path: str
    name: str
    type: str = ""
    forward_us: float | None = None
    backward_us: float | None = None
    total_us: float | None = None
    own_us: float | None = None
    share: float | None = None
    calls: float | None = None
    kernel_count: float | None = None
    parameter_count: int | None = None
    launches: float | None = None
    launch_overhead_us: float | None = None
    mean_gap_us: float | None = None
    flops: int | None = None
    moved_bytes: int | None = None
    unknown_ops: tuple[str, ...] = ()
    flops_per_second: float | None = None
    bytes_per_second: float | None = None
    flops_per_byte: float | None = None
    peak_memory_bytes: int | None = None
    region: str = ""
    children: tuple[LayerEntry, ...] = ()

    @property
    def key(self) -> tuple[str, int, str]:
        """What stays the same while the run goes on."""
        return self.kind, self.variant, self.path
