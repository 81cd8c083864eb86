"""How many kernels wait to begin, counted against a plain walk through time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.analysis.launch_queue import QueueTotals, launch_queue
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable, Kind
from tests.analysis.small_tables import call, kernel, op, table_of
from tests.trace.chrome_files import real_traces

_ZERO_NS = 1_700_000_000_000_000_000


def steps(table: EventTable) -> list[tuple[int, int]]:
    queue = launch_queue(table)
    return list(zip((queue.time_ns - _ZERO_NS).tolist(), queue.length.tolist(), strict=True))


def test_that_a_kernel_waits_from_its_calls_return_to_its_beginning() -> None:
    table = table_of(
        call("cudaLaunchKernel", 0, 10, correlation=1),
        call("cudaLaunchKernel", 20, 10, correlation=2),
        kernel("a", 15, 50, correlation=1),
        kernel("b", 65, 5, correlation=2),
    )
    queue = launch_queue(table)

    assert steps(table) == [(10, 1), (15, 0), (30, 1), (65, 0)]
    assert (queue.wait_ns, queue.span_ns, queue.max_length) == (5 + 35, 55, 1)
    assert queue.mean_length == pytest.approx(40 / 55)
    assert (queue.matched, queue.device_events) == (2, 2)


def test_that_a_kernel_that_begins_before_its_call_returns_did_not_wait() -> None:
    table = table_of(
        call("cudaLaunchKernel", 0, 10, correlation=1),
        call("cudaLaunchKernel", 12, 2, correlation=2),
        kernel("a", 4, 5, correlation=1),
        kernel("b", 24, 5, correlation=2),
    )

    assert steps(table) == [(4, 0), (14, 1), (24, 0)]
    assert launch_queue(table).mean_length == pytest.approx(10 / 20)


def test_that_a_graphs_kernels_all_wait_from_its_one_launch() -> None:
    table = table_of(
        call("cudaGraphLaunch", 0, 10, correlation=1),
        kernel("a", 20, 5, correlation=1),
        kernel("b", 25, 5, correlation=1),
        kernel("Memset", 30, 5, correlation=1, kind=Kind.MEMSET),
    )

    assert steps(table) == [(10, 3), (20, 2), (25, 1), (30, 0)]


def test_that_what_has_no_launch_in_the_profile_is_counted_and_left_out() -> None:
    table = table_of(
        call("cudaLaunchKernel", 0, 10, correlation=1),
        kernel("a", 20, 5, correlation=1),
        kernel("b", 25, 5, correlation=9),
        kernel("c", 30, 5, correlation=0),
    )
    queue = launch_queue(table)

    assert (queue.matched, queue.device_events, queue.max_length) == (1, 3, 1)


def test_that_a_table_without_a_device_has_an_empty_queue() -> None:
    queue = launch_queue(table_of(op("aten::mm", 0, 10)))
    totals = QueueTotals()
    totals.add(table_of(op("aten::mm", 0, 10)))

    assert (queue.matched, queue.device_events, queue.max_length, queue.mean_length) == (0, 0, 0, None)
    assert totals.summary() is None


def test_that_windows_add_up_by_their_time() -> None:
    totals = QueueTotals()
    for wait in (10, 30):
        totals.add(
            table_of(
                call("cudaLaunchKernel", 0, 10, correlation=1),
                call("cudaLaunchKernel", 20, 10, correlation=2),
                kernel("a", 10, 5, correlation=1),
                kernel("b", 30 + wait, 5, correlation=2),
            )
        )
    summary = totals.summary()

    assert summary is not None
    assert summary.mean_length == pytest.approx((10 + 30) / (30 + 50))
    assert summary.mean_wait_us == pytest.approx(40 / 4 / 1e3)
    assert (summary.max_length, summary.matched, summary.device_events) == (1, 4, 4)


@real_traces
def test_that_a_real_queue_is_what_a_walk_through_the_launches_finds(real_trace: Path) -> None:
    table = read_chrome_trace(real_trace).table
    returned: dict[int, int] = {}
    for row in np.flatnonzero(table.kind == Kind.RUNTIME).tolist():
        returned[int(table.correlation[row])] = int(table.end_ns[row])
    waits = [
        (min(returned[id_], start), start)
        for id_, start in zip(
            table.correlation[table.is_device].tolist(), table.start_ns[table.is_device].tolist(), strict=True
        )
        if id_ in returned
    ]
    queue = launch_queue(table)

    assert queue.matched == len(waits)
    assert queue.wait_ns == sum(end - begin for begin, end in waits)
    assert queue.length.min() == queue.length[-1] == 0
    # At every step, as many wait as have been launched and have not begun.
    for place in np.linspace(0, len(queue.time_ns) - 1, 200).astype(int).tolist():
        now = int(queue.time_ns[place])
        assert queue.length[place] == sum(begin <= now < end for begin, end in waits)


def test_that_each_part_of_the_time_shows_the_most_that_waited_in_it() -> None:
    table = table_of(
        call("cudaLaunchKernel", 0, 10, correlation=1),
        call("cudaLaunchKernel", 10, 10, correlation=2),
        kernel("a", 50, 5, correlation=1),
        kernel("b", 90, 5, correlation=2),
    )

    # One waits from 10 on, two from 20 to 50, one until 90.
    assert launch_queue(table).most_by_part(8) == (1, 2, 2, 2, 1, 1, 1, 1)
    assert launch_queue(table).most_by_part(2) == (2, 1)
    assert launch_queue(table_of(op("aten::mm", 0, 10))).most_by_part(8) == ()


@real_traces
def test_that_the_parts_of_a_real_queue_hold_its_most(real_trace: Path) -> None:
    queue = launch_queue(read_chrome_trace(real_trace).table)
    parts = queue.most_by_part(100)
    edges = queue.time_ns[0] + np.arange(101) * queue.span_ns // 100

    assert len(parts) == 100
    assert max(parts) == queue.max_length
    for part, most in enumerate(parts):
        inside = (queue.time_ns >= edges[part]) & (queue.time_ns < edges[part + 1])
        before = queue.length[queue.time_ns <= edges[part]][-1]
        assert most == max(int(before), *queue.length[inside].tolist(), 0)


@real_traces
def test_that_the_queues_of_streams_sum_to_that_of_all(real_trace: Path) -> None:
    table = read_chrome_trace(real_trace).table
    streams = np.unique(table.track[table.is_device]).tolist()
    queues = [launch_queue(table, [stream]) for stream in streams]
    whole = launch_queue(table)

    assert sum(queue.wait_ns for queue in queues) == whole.wait_ns
    assert sum(queue.matched for queue in queues) == whole.matched
    assert max(queue.max_length for queue in queues) <= whole.max_length
