import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.nesting import enclosing_rows
from tests.analysis.small_tables import Event, kernel, op, span, table_of


def parents(*events: Event) -> list[int]:
    return [int(row) for row in enclosing_rows(table_of(*events))]


def test_that_the_innermost_open_event_is_the_parent() -> None:
    assert parents(op("a", 0, 100), op("b", 10, 50), op("c", 20, 10), op("d", 60, 10)) == [-1, 0, 1, 0]


def test_that_rows_may_come_in_any_order() -> None:
    assert parents(op("c", 20, 10), op("a", 0, 100), op("b", 10, 50)) == [2, -1, 1]


def test_that_threads_do_not_enclose_each_other() -> None:
    assert parents(op("a", 0, 100), op("b", 10, 10, thread=2)) == [-1, -1]


def test_that_an_event_that_starts_where_another_ends_is_its_neighbour() -> None:
    assert parents(op("a", 0, 100), op("b", 10, 10), op("c", 20, 10)) == [-1, 0, 0]


def test_that_of_two_events_that_start_together_the_longer_is_outside() -> None:
    assert parents(op("inner", 10, 5), op("outer", 10, 50)) == [1, -1]


def test_that_equal_times_nest_in_the_order_they_came() -> None:
    assert parents(op("a", 10, 5), op("b", 10, 5)) == [-1, 0]


def test_that_an_event_of_no_duration_has_a_parent_and_closes() -> None:
    assert parents(op("a", 0, 100), op("zero", 50, 0), op("b", 51, 10), op("end", 100, 0)) == [-1, 0, 0, -1]


def test_that_an_event_that_outlives_its_parent_still_encloses_what_starts_in_it() -> None:
    # a: 0-50, b: 40-90, c: 60-70 (only b is open), d: 95 (nothing is).
    assert parents(op("a", 0, 50), op("b", 40, 50), op("c", 60, 10), op("d", 95, 5)) == [-1, 0, 1, -1]


def test_that_overlaps_on_one_thread_leave_the_others_alone() -> None:
    overlapping = (op("a", 0, 50), op("b", 40, 50), op("c", 60, 10))
    proper = (op("x", 0, 100, thread=2), op("y", 45, 10, thread=2))
    assert parents(*overlapping, *proper) == [-1, 0, 1, -1, 3]


def test_that_device_events_have_no_enclosing_event() -> None:
    assert parents(span("a", 0, 100), kernel("k", 10, 50, 1), kernel("inside k", 20, 5, 2)) == [-1, -1, -1]


def test_that_an_empty_table_has_no_parents() -> None:
    assert parents() == []


def slow_parents(events: list[tuple[int, int, int]]) -> list[int]:
    result = [-1] * len(events)
    for thread in {event[2] for event in events}:
        rows = [row for row, event in enumerate(events) if event[2] == thread]
        rows.sort(key=lambda row: (events[row][0], -events[row][1]))
        stack: list[int] = []
        for row in rows:
            while stack and sum(events[stack[-1]][:2]) <= events[row][0]:
                stack.pop()
            result[row] = stack[-1] if stack else -1
            stack.append(row)
    return result


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 30), st.integers(1, 2)), max_size=40))
@pytest.mark.filterwarnings("ignore")
def test_that_any_events_get_the_parents_that_a_stack_would_give(events: list[tuple[int, int, int]]) -> None:
    table = table_of(*(op("x", start, duration, thread=thread) for start, duration, thread in events))
    assert np.array_equal(enclosing_rows(table), slow_parents(events))
