"""The memory of one step: its peak, by layer and phase, and what lives at the peak."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from engine.analysis.allocation_owners import allocation_owners
from engine.analysis.allocation_spans import BEFORE, block_spans
from engine.analysis.layer_memory import layer_memories
from engine.analysis.memory_results import (
    KindMemory,
    LiveBlock,
    MemoryOwner,
    MemoryPhase,
    PhaseMemory,
    StepMemory,
)
from engine.analysis.owned_blocks import KINDS, OTHERS, owned_blocks
from engine.trace.built_model import BuiltModel
from engine.trace.event_table import PhaseId
from engine.trace.memory_profile import MemoryProfile

Rows = NDArray[np.int64]

_PHASES: dict[int, MemoryPhase] = {
    BEFORE: "before the step",
    PhaseId.FORWARD: "forward",
    PhaseId.LOSS: "loss",
    PhaseId.BACKWARD: "backward",
    PhaseId.OPTIMIZER: "optimizer",
    PhaseId.UNKNOWN: "between phases",
}
_LARGEST = 20
_CURVE_POINTS = 600


def step_memory(profile: MemoryProfile, model: BuiltModel) -> StepMemory | None:
    """Return a profile's memory; None if it holds no allocation."""
    return _Step(profile, model).summary() if len(profile.allocations) else None


class _Step:
    """The blocks of a step and the balance behind each of its events."""

    def __init__(self, profile: MemoryProfile, model: BuiltModel) -> None:
        self._model = model
        self._events = profile.allocations
        self._owners = allocation_owners(profile.table, profile.allocations)
        spans = block_spans(profile.allocations, profile.held_before)
        self._blocks = owned_blocks(spans, profile, self._owners, model)
        self._balance = spans.balance(len(profile.allocations))
        self._peak = int(np.argmax(self._balance)) - 1
        alive = spans.alive_at(self._peak)
        self._alive = alive[np.argsort(-spans.size[alive], kind="stable")]

    def summary(self) -> StepMemory:
        """Put it all together."""
        size, made = self._blocks.spans.size, self._events.size > 0
        largest, others = self._alive[:_LARGEST], self._alive[_LARGEST:]
        times, curve = self._curve()
        return StepMemory(
            peak_bytes=int(self._balance[self._peak + 1]),
            peak_phase=_PHASES[int(self._owners.phase[self._peak]) if self._peak >= 0 else BEFORE],
            held_bytes=int(self._balance[0]),
            allocated_bytes=int(self._events.size[made].sum()),
            allocation_count=int(made.sum()),
            reserved_bytes=self._reserved(self._owners.phase >= 0),
            kinds=self._kinds(),
            layers=layer_memories(self._model, self._blocks, self._alive),
            phases=self._phases(),
            largest=tuple(self._live_block(block) for block in largest.tolist()),
            other_bytes=int(size[others].sum()),
            other_count=len(others),
            curve_us=times,
            curve_bytes=curve,
        )

    def _kinds(self) -> tuple[KindMemory, ...]:
        kind, size = self._blocks.kind[self._alive], self._blocks.spans.size[self._alive]
        return tuple(
            KindMemory(kind=name, bytes=int(size[kind == place].sum()), count=int((kind == place).sum()))
            for place, name in enumerate(KINDS)
            if (kind == place).any()
        )

    def _phases(self) -> tuple[PhaseMemory, ...]:
        rows = []
        for number, name in _PHASES.items():
            within = self._owners.phase == number
            if not within.any():
                continue
            made = within & (self._events.size > 0)
            row = PhaseMemory(
                phase=name,
                allocated_bytes=int(self._events.size[made].sum()),
                # What lives when a phase begins may be its most.
                peak_bytes=int(np.maximum(self._balance[1:], self._balance[:-1])[within].max()),
                reserved_bytes=self._reserved(within),
            )
            rows.append(row)
        return tuple(rows)

    def _reserved(self, within: NDArray[np.bool_]) -> int | None:
        most = int(self._events.total_reserved[within].max())
        return most or None

    def _live_block(self, block: int) -> LiveBlock:
        start = int(self._blocks.spans.start[block])
        owner, path = self._owner_of(int(self._blocks.owner[block]))
        return LiveBlock(
            kind=KINDS[self._blocks.kind[block]],
            owner=owner,
            path=path,
            phase=_PHASES[int(self._blocks.phase[block])],
            op=self._owners.op_name(start) if start > BEFORE else "",
            bytes=int(self._blocks.spans.size[block]),
        )

    def _owner_of(self, number: int) -> tuple[MemoryOwner, str]:
        layers = self._model.layer_paths
        return ("layer", layers[number]) if number < len(layers) else (OTHERS[number - len(layers)], "")

    def _curve(self) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """Return times in µs and bytes held, of so many stretches the most in each."""
        count = len(self._events)
        edges = np.unique(np.linspace(0, count, min(count, _CURVE_POINTS) + 1).astype(np.int64))
        behind = self._balance[1:]
        chosen = np.array([a + int(np.argmax(behind[a:b])) for a, b in pairwise(edges.tolist())])
        times = (self._events.time_ns[chosen] - self._events.time_ns[0]) / 1e3
        return tuple(times.tolist()), tuple(self._balance[chosen + 1].tolist())
