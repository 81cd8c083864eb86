"""The memory of a step: parts that sum to the peak, whatever the allocator did."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.memory_results import LayerMemory, StepMemory
from engine.analysis.step_memory import step_memory
from tests.analysis.memory_profiles import AFTER, CHANGES, HELD, MODEL, profile


def found(**changed: object) -> StepMemory:
    memory = step_memory(profile(**changed), MODEL)  # type: ignore[arg-type]
    assert memory is not None
    return memory


def row(memory: StepMemory, path: str) -> LayerMemory:
    return next(row for row in memory.layers if row.path == path)


def test_that_the_peak_is_what_was_held_and_what_lives_then() -> None:
    memory = found()

    assert memory.held_bytes == 2150
    # Parameters and input, 200 + 50 of the forward pass, the loss, 300 and the new gradient.
    assert memory.peak_bytes == 1000 + 100 + 200 + 50 + 4 + 300 + 1000
    assert memory.peak_phase == "backward"
    assert (memory.allocated_bytes, memory.allocation_count) == (200 + 50 + 4 + 300 + 1000, 5)
    assert memory.reserved_bytes is None


def test_that_what_is_alive_has_its_kind() -> None:
    assert {kind.kind: kind.bytes for kind in found().kinds} == {
        "parameters": 1000,
        "inputs": 100,
        "gradients": 1000,
        "outputs": 50,
        "activations": 204,
        "temporaries": 300,
    }


def test_that_memory_is_of_the_layer_whose_operator_allocated_it() -> None:
    memory = found()
    linear, head = row(memory, "block.linear"), row(memory, "head")

    # Its parameters, what it keeps for the backward pass, and the new gradient.
    assert (linear.alive_bytes, linear.peak_bytes) == (2200, 2200)
    assert (linear.forward_allocated_bytes, linear.backward_allocated_bytes) == (200, 1000)
    assert (head.alive_bytes, head.forward_allocated_bytes, head.backward_allocated_bytes) == (350, 50, 300)
    assert row(memory, "block").peak_bytes == 0
    assert row(memory, "block").peak_total_bytes == 2200
    assert row(memory, "").peak_total_bytes == 2550
    assert row(memory, "loss").alive_bytes == 4
    assert row(memory, "inputs").alive_bytes == 100
    # The output of the step before lives until the new one is there, and no longer.
    assert (row(memory, "step before").peak_bytes, row(memory, "step before").alive_bytes) == (50, 0)


def test_that_every_phase_has_its_own_peak() -> None:
    phases = {phase.phase: (phase.allocated_bytes, phase.peak_bytes) for phase in found().phases}

    assert phases == {"forward": (250, 2150), "loss": (4, 1354), "backward": (1300, 2654)}


def test_that_the_largest_blocks_name_what_made_them() -> None:
    memory = found()
    block = next(block for block in memory.largest if block.bytes == 300)
    kept = next(block for block in memory.largest if block.bytes == 200)

    assert (block.path, block.phase) == ("head", "backward")
    assert block.op == "autograd::engine::evaluate_function: ReluBackward0"
    # Not aten::empty, which allocates for whoever calls it.
    assert (kept.path, kept.op) == ("block.linear", "aten::addmm")
    sizes = [block.bytes for block in memory.largest]
    assert sizes == sorted(sizes, reverse=True)
    parameter = next(block for block in memory.largest if block.kind == "parameters")
    assert (parameter.phase, parameter.op) == ("before the step", "")


def test_that_what_the_process_reserved_is_told_where_the_allocator_knows() -> None:
    memory = found(reserved=4096)

    assert memory.reserved_bytes == 4096
    assert {phase.reserved_bytes for phase in memory.phases} == {4096}


def test_that_memory_freed_without_being_known_was_there_before() -> None:
    memory = found(changes=(*CHANGES[:3], (9000, 99, -70), *CHANGES[3:]))

    assert memory.held_bytes == 2150 + 70
    assert row(memory, "step before").peak_bytes == 50 + 70


def test_that_a_profile_without_allocations_has_no_memory() -> None:
    from tests.analysis.memory_profiles import allocations

    empty = profile()
    table = allocations(((0, 0, 0),))
    none = type(table)(*(getattr(table, name)[:0] for name in table.__slots__))
    assert step_memory(type(empty)(empty.table, none, HELD, AFTER), MODEL) is None


sizes = st.integers(1, 1000)
times = st.integers(0, 25_000)


@given(st.lists(st.tuples(times, st.integers(1, 12), sizes), min_size=1, max_size=40))
def test_that_all_parts_sum_to_the_peak(wishes: list[tuple[int, int, int]]) -> None:
    """Whatever is allocated and freed, in whatever order."""
    changes, living = [], {block.address: block.size for block in HELD}
    for time, address, size in sorted(wishes):
        if address in living:
            changes.append((time, address, -living.pop(address)))
        else:
            living[address] = size
            changes.append((time, address, size))
    memory = found(changes=tuple(changes))

    assert sum(kind.bytes for kind in memory.kinds) == memory.peak_bytes
    assert sum(row.alive_bytes for row in memory.layers) == memory.peak_bytes
    assert sum(block.bytes for block in memory.largest) + memory.other_bytes == memory.peak_bytes
    assert max(memory.held_bytes, *(phase.peak_bytes for phase in memory.phases)) == memory.peak_bytes
    assert max((*memory.curve_bytes, memory.held_bytes)) == memory.peak_bytes
    assert all(row.alive_bytes <= row.peak_bytes <= row.peak_total_bytes for row in memory.layers)
    assert row(memory, "").peak_total_bytes <= memory.peak_bytes
