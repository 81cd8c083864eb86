"""Blocks of memory with their owners, kinds and phases."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.analysis.allocation_owners import AllocationOwners
from engine.analysis.allocation_spans import BEFORE, BlockSpans
from engine.analysis.memory_results import MemoryOwner
from engine.trace.built_model import BuiltModel
from engine.trace.event_table import ABSENT, PhaseId
from engine.trace.memory_profile import HeldBlock, MemoryProfile

Rows = NDArray[np.int64]

KINDS = (
    *("parameters", "buffers", "inputs", "gradients", "optimizer state", "outputs"),
    *("activations", "temporaries"),
)
# Behind a model's layers stand these owners.
OTHERS: tuple[MemoryOwner, ...] = ("loss", "optimizer", "inputs", "step before", "unattributed")


@dataclass(frozen=True, slots=True, eq=False)
class OwnedBlocks:
    """``owner``: a layer's number, or L + the place in `OTHERS`; ``kind``: the place in `KINDS`;
    ``phase``: the `PhaseId` in which it was made, `BEFORE` for what lived before; shape (B,) each.
    """

    spans: BlockSpans
    owner: Rows
    kind: Rows
    phase: Rows


def owned_blocks(
    spans: BlockSpans, profile: MemoryProfile, owners: AllocationOwners, model: BuiltModel
) -> OwnedBlocks:
    """Tell of every block whose it is and what it is for."""
    phase = np.where(spans.start > BEFORE, owners.phase[np.maximum(spans.start, 0)], BEFORE)
    return OwnedBlocks(spans, _owners(spans, profile, owners, model), _kinds(spans, profile, phase), phase)


def _owners(spans: BlockSpans, profile: MemoryProfile, owners: AllocationOwners, model: BuiltModel) -> Rows:
    layers = len(model.layers)
    event = np.maximum(spans.start, 0)
    other = np.full(len(event), layers + OTHERS.index("unattributed"))
    other[owners.phase[event] == PhaseId.OPTIMIZER] = layers + OTHERS.index("optimizer")
    other[owners.is_loss[event]] = layers + OTHERS.index("loss")
    layer = owners.layer[event]
    owner: Rows = np.where((layer != ABSENT) & (layer < layers), layer, other)
    owner[spans.start == BEFORE] = layers + OTHERS.index("step before")
    numbers = {path: number for number, path in enumerate(model.layer_paths)}
    for place in np.flatnonzero(spans.held != ABSENT).tolist():
        held = profile.held_before[spans.held[place]]
        if held.path is not None:
            owner[place] = numbers.get(held.path, layers + OTHERS.index("unattributed"))
        elif held.kind != "outputs":
            owner[place] = layers + OTHERS.index("inputs")
    return owner


def _kinds(spans: BlockSpans, profile: MemoryProfile, phase: Rows) -> Rows:
    is_kept = (phase == PhaseId.FORWARD) | (phase == PhaseId.LOSS)
    kind = np.where(is_kept, KINDS.index("activations"), KINDS.index("temporaries"))
    kind[spans.start == BEFORE] = KINDS.index("outputs")
    for place in np.flatnonzero(spans.held != ABSENT).tolist():
        kind[place] = _kind(profile.held_before[spans.held[place]])
    # What still lives behind the step says by its address what it was made for.
    kept = {held.address: held for held in profile.held_after}
    for place in np.flatnonzero((spans.start > BEFORE) & (spans.end == len(profile.allocations))).tolist():
        held_after = kept.get(int(spans.address[place]))
        if held_after is not None:
            kind[place] = _kind(held_after)
    return kind


def _kind(held: HeldBlock) -> int:
    return KINDS.index(held.kind) if held.kind in KINDS else KINDS.index("temporaries")
