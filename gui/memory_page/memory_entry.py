"""Rows of the memory page's tables."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.memory_results import LayerMemory, LiveBlock, StepMemory
from engine.analysis.results import RunSummary


@dataclass(frozen=True)
class OwnerEntry:
    """What one layer of one variant, or what belongs to no layer, holds; ``share``: of the variant's peak."""

    variant: str
    variant_index: int
    row: LayerMemory
    share: float

    @property
    def key(self) -> tuple[int, str, str]:
        """What stays the same from one run to the next."""
        return self.variant_index, self.row.kind, self.row.path


@dataclass(frozen=True)
class BlockEntry:
    """A block that lives at a variant's peak; of the last, smallest ones all in one: ``block`` is None."""

    variant: str
    variant_index: int
    place: int
    block: LiveBlock | None
    count: int
    size: int
    share: float

    @property
    def key(self) -> tuple[int, int]:
        """What stays the same from one run to the next."""
        return self.variant_index, self.place


def variant_memories(summary: RunSummary | None) -> list[tuple[int, str, StepMemory]]:
    """Return number, name and memory of the variants whose memory is known."""
    variants = summary.variants if summary else ()
    return [(n, variant.name, variant.memory) for n, variant in enumerate(variants) if variant.memory]


def owner_entries(summary: RunSummary | None) -> tuple[OwnerEntry, ...]:
    """Return the rows of all variants, in order of definition; what never held anything is left out."""
    return tuple(
        OwnerEntry(name, number, row, _share(row.alive_bytes, memory))
        for number, name, memory in variant_memories(summary)
        for row in memory.layers
        if row.peak_total_bytes
    )


def block_entries(summary: RunSummary | None) -> tuple[BlockEntry, ...]:
    """Return the largest blocks of each variant, and one row for the rest: together they are the peak."""
    entries: list[BlockEntry] = []
    for number, name, memory in variant_memories(summary):
        for place, block in enumerate(memory.largest):
            share = _share(block.bytes, memory)
            entries.append(BlockEntry(name, number, place, block, 1, block.bytes, share))
        if memory.other_count:
            rest, share = memory.other_bytes, _share(memory.other_bytes, memory)
            entries.append(BlockEntry(name, number, -1, None, memory.other_count, rest, share))
    return tuple(entries)


def _share(size: int, memory: StepMemory) -> float:
    return size / memory.peak_bytes if memory.peak_bytes else 0.0
