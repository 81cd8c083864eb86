"""Results about the memory of a step: the peak, by layer and phase, and what lives at it. Frozen; bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MemoryOwner = Literal["layer", "loss", "optimizer", "inputs", "step before", "unattributed"]
MemoryPhase = Literal["before the step", "forward", "loss", "backward", "optimizer", "between phases"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LayerMemory:
    """One layer's memory in a step, without the layers inside; or that of what belongs to no layer.

    Such are the loss, the optimizer, the inputs with their gradients, what the step before left (its
    output, until this step's replaces it), and what can't be attributed.

    ``forward_allocated_bytes`` and ``backward_allocated_bytes`` are all that its operators allocated,
    freed again or not. ``peak_bytes`` is the most that it held at one time: its parameters, their
    gradients and the optimizer's state for them, and what its operators allocated;
    ``peak_total_bytes`` with the layers inside. ``alive_bytes`` is what it holds at the step's peak:
    these sum to the peak over all rows.
    """

    kind: MemoryOwner
    path: str
    type: str
    forward_allocated_bytes: int
    backward_allocated_bytes: int
    peak_bytes: int
    peak_total_bytes: int
    alive_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PhaseMemory:
    """One phase of a step: all that it allocated, and the most that the variant held meanwhile.

    ``reserved_bytes`` is the most that the whole process had reserved; None: this allocator reserves nothing.
    """

    phase: MemoryPhase
    allocated_bytes: int
    peak_bytes: int
    reserved_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class KindMemory:
    """What of one kind lives at the peak: parameters, buffers, inputs, gradients, optimizer state,
    outputs (of the step before too), activations (made in forward or loss), temporaries.
    """

    kind: str
    bytes: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveBlock:
    """A block of memory that lives at the peak. ``op`` made it; empty for what was there before."""

    kind: str
    owner: MemoryOwner
    path: str
    phase: MemoryPhase
    op: str
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StepMemory:
    """The memory of one profiled step of a variant, on its device.

    ``peak_bytes`` is the most that the variant held at any time (in ``peak_phase``): ``held_bytes`` from
    before the step and what the step allocated. ``kinds``, ``layers`` (by ``alive_bytes``) and
    ``largest`` + ``other_bytes`` each sum to it. ``curve_us`` and ``curve_bytes`` are what it held over time,
    from the first allocation on; thinned out, the peak kept.
    """

    peak_bytes: int
    peak_phase: MemoryPhase
    held_bytes: int
    allocated_bytes: int
    allocation_count: int
    reserved_bytes: int | None
    kinds: tuple[KindMemory, ...]
    layers: tuple[LayerMemory, ...]
    phases: tuple[PhaseMemory, ...]
    largest: tuple[LiveBlock, ...]
    other_bytes: int
    other_count: int
    curve_us: tuple[float, ...]
    curve_bytes: tuple[int, ...]
