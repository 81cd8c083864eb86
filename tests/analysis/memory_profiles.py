"""Small memory profiles written by hand: events as in `small_tables`, allocations beside them."""

from __future__ import annotations

import numpy as np

from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.memory_profile import AllocationTable, HeldBlock, MemoryProfile
from tests.analysis.small_tables import op, span, table_of

PATHS = ("", "block", "block.linear", "head")
MODEL = BuiltModel(name="mine", layers=tuple(BuiltLayer(path=path, type="Layer") for path in PATHS))

STEP = (
    span("ProfilerStep#0", 0, 30_000),
    span("phase:forward", 0, 10_000),
    span("layer:", 0, 10_000),
    span("layer:block", 1000, 5000),
    span("layer:block.linear", 2000, 3000),
    op("aten::linear", 2100, 2500, sequence=1),
    op("aten::addmm", 2200, 2000),
    op("aten::empty", 2300, 100),
    span("layer:head", 7000, 2000),
    op("aten::relu", 7100, 500, sequence=2),
    span("phase:loss", 11_000, 1000),
    op("aten::mean", 11_100, 300, sequence=3),
    span("phase:backward", 12_000, 8000),
    op("autograd::engine::evaluate_function: ReluBackward0", 13_000, 700, sequence=2, forward_thread=1),
    op("autograd::engine::evaluate_function: AddmmBackward0", 14_000, 900, sequence=1, forward_thread=1),
    op("aten::mm", 14_100, 500),
    span("phase:optimizer", 21_000, 1000),
    op("aten::_foreach_add_", 21_100, 400),
)
HELD = (
    HeldBlock(kind="parameters", path="block.linear", address=1, size=1000),
    HeldBlock(kind="inputs", path=None, address=2, size=100),
    HeldBlock(kind="gradients", path="block.linear", address=3, size=1000),
    HeldBlock(kind="outputs", path=None, address=4, size=50),
)
AFTER = (
    *HELD[:2],
    HeldBlock(kind="gradients", path="block.linear", address=3, size=1000),
    HeldBlock(kind="outputs", path=None, address=6, size=50),
)
# (time, address, size): the old gradient goes, the forward pass makes 200 and the output of 50 in place of
# the old one; the loss makes 4; the backward pass 300 that it frees and the new gradient.
CHANGES = (
    (500, 3, -1000),
    (2350, 5, 200),
    (7200, 6, 50),
    (9500, 4, -50),
    (11_200, 7, 4),
    (13_100, 8, 300),
    (14_200, 3, 1000),
    (14_800, 8, -300),
    (14_850, 5, -200),
    (19_000, 7, -4),
)


def allocations(changes: tuple[tuple[int, int, int], ...], reserved: int = 0) -> AllocationTable:
    """Return the changes as a table, all on thread 1."""
    times, addresses, sizes = (np.array(column, np.int64) for column in zip(*changes, strict=True))
    count = len(changes)
    return AllocationTable(
        time_ns=1_700_000_000_000_000_000 + times,
        thread=np.ones(count, np.int16),
        address=addresses,
        size=sizes,
        total_allocated=np.cumsum(sizes),
        total_reserved=np.full(count, reserved),
    )


def profile(
    changes: tuple[tuple[int, int, int], ...] = CHANGES,
    held: tuple[HeldBlock, ...] = HELD,
    after: tuple[HeldBlock, ...] = AFTER,
    reserved: int = 0,
) -> MemoryProfile:
    """Return a profile of `STEP`."""
    return MemoryProfile(table_of(*STEP, layers=PATHS), allocations(changes, reserved), held, after)
