from engine.analysis.attribution import attribute
from engine.analysis.self_time import self_time_ns
from tests.analysis.small_tables import Event, call, kernel, op, span, table_of


def self_times(*events: Event) -> list[int]:
    return [int(time) for time in self_time_ns(attribute(table_of(*events)))]


def test_that_direct_children_are_taken_off_and_grandchildren_are_not() -> None:
    assert self_times(op("a", 0, 100), op("b", 10, 50), op("c", 20, 10)) == [50, 40, 10]


def test_that_ranges_inside_an_op_are_taken_off_too() -> None:
    assert self_times(op("a", 0, 100), span("layer:x", 10, 30), op("b", 15, 20)) == [70, 10, 20]


def test_that_of_a_child_that_outlives_its_parent_only_the_part_inside_is_taken_off() -> None:
    assert self_times(op("a", 0, 50), op("b", 40, 50)) == [40, 50]


def test_that_a_kernel_takes_nothing_from_the_op_that_launched_it() -> None:
    events = (
        op("a", 0, 100, correlation=5),
        call("cudaLaunchKernel", 10, 20, 9, 5),
        kernel("k", 50, 40, 9, 5),
    )
    assert self_times(*events) == [80, 20, 40]


def test_that_a_call_recorded_after_its_op_adds_nothing_to_the_op() -> None:
    events = (op("a", 0, 100, correlation=5), call("cudaLaunchKernel", 250, 20, 9, 5))
    assert self_times(*events) == [100, 20]
