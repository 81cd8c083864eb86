from __future__ import annotations

from itertools import chain

import numpy as np

from engine.analysis.comparison.blocks import Blocks, even_blocks, paired_blocks
from engine.trace.step_table import StepFlag, StepTable
from tests.analysis.comparison.sides import in_turns


def content(blocks: Blocks) -> list[list[int]]:
    """The durations of each block, in µs."""
    parts = np.split(blocks.durations_ns, blocks.edges[1:-1])
    return [(part // 1000).tolist() for part in parts]


def steps_of(blocks: list[list[int]]) -> list[int]:
    return list(chain.from_iterable(blocks))


def halves(steps: StepTable, first: int = 0, second: int = 1) -> tuple[list[list[int]], list[list[int]]]:
    pair = paired_blocks(steps.of_variant(first), steps.of_variant(second))
    return content(pair[0]), content(pair[1])


def test_that_neighbouring_turns_are_a_pair() -> None:
    # A B B A A B B A
    steps = in_turns([[1, 2], [3, 4], [5, 6], [7, 8]], [[11, 12], [13, 14], [15, 16], [17, 18]])
    assert halves(steps) == (
        [[1, 2], [3, 4], [5, 6], [7, 8]],
        [[11, 12], [13, 14], [15, 16], [17, 18]],
    )


def test_that_variants_of_three_pair_with_each_other_past_the_third() -> None:
    steps = in_turns([[1], [2], [3], [4]], [[11], [12], [13], [14]], [[21], [22], [23], [24]])
    assert halves(steps, 0, 2) == ([[1], [2], [3], [4]], [[21], [22], [23], [24]])
    assert halves(steps, 1, 2) == ([[11], [12], [13], [14]], [[21], [22], [23], [24]])


def test_that_profiled_and_warm_up_steps_are_in_no_block() -> None:
    steps = in_turns([[1, 2], [3, 4]], [[11, 12], [13, 14]])
    steps.flags[0], steps.flags[2] = StepFlag.WARM_UP, StepFlag.PROFILED
    first, second = halves(steps)
    assert steps_of(first) == [2, 3, 4]
    assert steps_of(second) == [12, 13, 14]


def test_that_no_block_is_empty_where_a_turn_was_skipped() -> None:
    # The variant's second turn never came: its one step stands between two turns of the baseline.
    steps = in_turns([[1], [2], [3], [4]], [[11], [], [13], [14]])
    first, second = halves(steps)
    assert all(first)
    assert all(second)
    assert len(first) == len(second)
    assert steps_of(first) == [1, 2, 3, 4]
    assert steps_of(second) == [11, 13, 14]


def test_that_joined_blocks_hold_the_same_steps_in_order() -> None:
    blocks = even_blocks(np.arange(1000))
    joined = blocks.joined(7)
    assert len(joined) == 7
    assert steps_of(content(joined)) == steps_of(content(blocks))
    sizes = np.diff(joined.edges)
    assert sizes.max() - sizes.min() <= 50
