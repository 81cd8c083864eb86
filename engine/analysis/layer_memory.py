"""The memory of a step by layer."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.analysis.allocation_spans import BEFORE
from engine.analysis.memory_results import LayerMemory, MemoryOwner
from engine.analysis.outer_layers import outer_layers
from engine.analysis.owned_blocks import OTHERS, OwnedBlocks
from engine.trace.built_model import BuiltModel
from engine.trace.event_table import PhaseId

Rows = NDArray[np.int64]


def layer_memories(model: BuiltModel, blocks: OwnedBlocks, alive: Rows) -> tuple[LayerMemory, ...]:
    """Return a row per layer in order of definition, then one for each other owner of any memory.

    ``alive`` are the blocks that live at the step's peak.
    """
    owners = len(model.layers) + len(OTHERS)
    size = blocks.spans.size
    is_backward = blocks.phase == PhaseId.BACKWARD
    is_made = blocks.spans.start > BEFORE
    forward = _sums(blocks.owner, size * (is_made & ~is_backward), owners)
    backward = _sums(blocks.owner, size * is_backward, owners)
    living = _sums(blocks.owner[alive], size[alive], owners)
    own = _peaks(blocks, blocks.owner, np.arange(len(size)), owners)
    total = _peaks_with_inner(model, blocks, owners)
    return tuple(
        LayerMemory(
            kind=kind,
            path=path,
            type=type_name,
            forward_allocated_bytes=int(forward[number]),
            backward_allocated_bytes=int(backward[number]),
            peak_bytes=int(own[number]),
            peak_total_bytes=int(total[number]),
            alive_bytes=int(living[number]),
        )
        for number, (kind, path, type_name) in enumerate(_names(model))
        if kind == "layer" or own[number]
    )


def _names(model: BuiltModel) -> list[tuple[MemoryOwner, str, str]]:
    layers: list[tuple[MemoryOwner, str, str]] = [("layer", layer.path, layer.type) for layer in model.layers]
    return layers + [(kind, kind, "") for kind in OTHERS]


def _sums(owner: Rows, size: Rows, owners: int) -> Rows:
    sums = np.zeros(owners, np.int64)
    np.add.at(sums, owner, size)
    return sums


def _peaks_with_inner(model: BuiltModel, blocks: OwnedBlocks, owners: int) -> Rows:
    """As `_peaks`, each block belonging to its layer and to all layers around it."""
    outer = np.full(owners, -1)
    outer[: len(model.layers)] = [-1 if o is None else o for o in outer_layers(model.layer_paths)]
    owner, which = blocks.owner, np.arange(len(blocks.owner))
    all_owners, all_blocks = [owner], [which]
    while True:
        owner = outer[owner]
        which, owner = which[owner >= 0], owner[owner >= 0]
        if not len(which):
            return _peaks(blocks, np.concatenate(all_owners), np.concatenate(all_blocks), owners)
        all_owners.append(owner)
        all_blocks.append(which)


def _peaks(blocks: OwnedBlocks, owner: Rows, which: Rows, owners: int) -> Rows:
    """Return the most bytes that each owner holds at one time; ``owner[i]`` has block ``which[i]``."""
    spans = blocks.spans
    time = np.concatenate((spans.start[which], spans.end[which]))
    change = np.concatenate((spans.size[which], -spans.size[which]))
    both = np.concatenate((owner, owner))
    # At one moment blocks end before others start, so that nothing counts twice.
    order = np.lexsort((change, time, both))
    both, balance = both[order], np.cumsum(change[order])
    peaks = np.zeros(owners, np.int64)
    # Each owner's changes sum to 0, so the running sum starts at 0 again for the next.
    np.maximum.at(peaks, both, balance)
    return peaks
