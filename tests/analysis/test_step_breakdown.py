from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.attribution import attribute
from engine.analysis.results import CPU_PARTS, DEVICE_PARTS
from engine.analysis.step_breakdown import BreakdownSums, break_down
from engine.analysis.step_walls import step_walls
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable, Kind
from tests.analysis.breakdown_oracle import by_sweep, per_nanosecond
from tests.analysis.small_tables import Event, call, kernel, op, span, table_of

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"


def sums_of(table: EventTable) -> BreakdownSums:
    filled = attribute(table)
    walls = step_walls(filled)
    assert walls is not None
    return break_down(filled, walls, len(walls.start_ns))


def parts_of(*events: Event) -> dict[str, int]:
    """Return what took any time, in ns."""
    found = sums_of(table_of(*events))
    names = DEVICE_PARTS if found.basis == "device" else CPU_PARTS
    parts = dict(zip(names, found.parts_ns.tolist(), strict=True))
    assert sum(parts.values()) == found.wall_ns
    return {name: ns for name, ns in parts.items() if ns}


# ---- whose time it is


def test_that_streams_count_once_where_they_overlap_kernels_before_copies_before_fills() -> None:
    assert parts_of(
        span("ProfilerStep#1", 0, 100),
        call("cudaLaunchKernel", 0, 1, 1),
        kernel("a", 10, 50, 1),
        Event("copy", 40, 40, Kind.MEMCPY, stream=8, correlation=2),
        Event("fill", 30, 70, Kind.MEMSET, stream=9, correlation=3),
        call("cudaMemcpyAsync", 1, 1, 2),
        call("cudaMemsetAsync", 2, 1, 3),
    ) == {"kernel": 50, "memcpy": 20, "memset": 20, "between_kernels": 9, "runtime": 1}


def test_that_idle_time_waits_for_the_host_until_the_launch_returned_and_is_the_devices_after() -> None:
    assert parts_of(
        span("ProfilerStep#1", 0, 100),
        op("aten::mm", 20, 30),
        call("cudaLaunchKernel", 30, 10, 1),
        kernel("gemm", 60, 40, 1),
    ) == {"other": 20, "operators": 10, "runtime": 10, "between_kernels": 20, "kernel": 40}


def test_that_a_kernel_that_starts_before_its_launch_returns_was_never_queued() -> None:
    assert parts_of(
        span("ProfilerStep#1", 0, 100), call("cudaLaunchKernel", 10, 50, 1), kernel("gemm", 40, 60, 1)
    ) == {"other": 10, "runtime": 30, "kernel": 60}


def test_that_work_queued_on_another_stream_is_no_reason_to_blame_the_host() -> None:
    """The copy was launched early and waits for an event; the kernel before it came late."""
    assert parts_of(
        span("ProfilerStep#1", 0, 100),
        call("cudaMemcpyAsync", 0, 10, 2),
        call("cudaLaunchKernel", 40, 10, 1),
        kernel("gemm", 60, 20, 1),
        Event("copy", 80, 20, Kind.MEMCPY, stream=8, correlation=2),
    ) == {"runtime": 10, "between_kernels": 50, "kernel": 20, "memcpy": 20}


def test_that_all_kernels_of_a_replayed_graph_are_queued_by_its_one_launch() -> None:
    replayed = [kernel(f"k{number}", 30 + 20 * number, 10, 1) for number in range(3)]
    assert parts_of(span("ProfilerStep#1", 0, 80), call("cudaGraphLaunch", 5, 15, 1), *replayed) == {
        "other": 5,
        "runtime": 15,
        "between_kernels": 30,
        "kernel": 30,
    }


def test_that_waiting_calls_are_told_from_launches_and_reading_a_value_waits() -> None:
    assert parts_of(
        span("ProfilerStep#1", 0, 200),
        call("cudaLaunchKernel", 0, 10, 1),
        kernel("gemm", 20, 60, 1),
        op("aten::item", 30, 120),
        call("cudaMemcpyAsync", 40, 10, 2),
        kernel("copy", 90, 10, 2, kind=Kind.MEMCPY),
        call("cudaStreamSynchronize", 50, 80, 3),
    ) == {
        "runtime": 10,
        "between_kernels": 20,
        "kernel": 60,
        "memcpy": 10,
        "host_wait": 30,
        "operators": 20,
        "other": 50,
    }


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("hipDeviceSynchronize", "host_wait"),
        ("hipMemcpyWithStream", "host_wait"),
        ("cudaMemcpy", "host_wait"),
        ("cudaEventSynchronize", "host_wait"),
        ("cuStreamSynchronize", "host_wait"),
        ("urQueueFinish", "host_wait"),
        ("cudaMemcpyAsync", "runtime"),
        ("hipMemcpyAsync", "runtime"),
        ("cuMemcpyHtoDAsync_v2", "runtime"),
        ("cudaStreamWaitEvent", "runtime"),
        ("cudaMalloc", "runtime"),
    ],
)
def test_that_calls_that_wait_for_the_device_are_known_by_name(name: str, part: str) -> None:
    found = parts_of(
        span("ProfilerStep#1", 0, 100),
        call("cudaLaunchKernel", 0, 10, 1),
        kernel("k", 10, 10, 1),
        call(name, 40, 60, 9),
    )
    assert found.get(part, 0) >= 60


def test_that_the_thread_that_launches_next_is_asked_and_then_the_one_that_runs_the_steps() -> None:
    """While the backward thread launches, the main one waits in a call that launches nothing."""
    assert parts_of(
        span("ProfilerStep#1", 0, 100),
        op("aten::loss", 0, 20),
        op("MmBackward0", 30, 40, thread=2),
        call("cudaLaunchKernel", 40, 10, 1, thread=2),
        call("cudaDeviceSynchronize", 25, 75, 2),
        kernel("gemm", 60, 40, 1),
    ) == {
        "operators": 20 + 10,
        "other": 5,
        "host_wait": 5,
        "runtime": 10,
        "between_kernels": 10,
        "kernel": 40,
    }


def test_that_the_profilers_own_work_is_told_from_the_calls_it_happens_in() -> None:
    assert parts_of(
        span("ProfilerStep#1", 0, 100),
        call("cudaLaunchKernel", 0, 60, 1),
        Event("Lazy Function Loading", 10, 40, Kind.OVERHEAD, thread=0),
        kernel("gemm", 60, 40, 1),
    ) == {"runtime": 20, "overhead": 40, "kernel": 40}


def test_that_idle_time_before_an_event_without_a_launch_is_unknown_unless_work_was_queued() -> None:
    assert parts_of(
        span("ProfilerStep#1", 0, 100),
        call("cudaLaunchKernel", 0, 10, 1),
        kernel("known", 20, 10, 1),
        kernel("unseen launch", 50, 10, 7),
        call("cudaLaunchKernel", 35, 5, 2),
        kernel("known too", 70, 30, 2),
    ) == {"runtime": 10, "between_kernels": 10 + 10 + 10, "unknown": 10, "kernel": 50}


def test_that_of_two_devices_the_busiest_is_shown_and_named() -> None:
    found = sums_of(
        table_of(
            span("ProfilerStep#1", 0, 100),
            Event("small", 0, 10, Kind.KERNEL, stream=7, correlation=1),
            Event("large", 50, 50, Kind.KERNEL, stream=7, correlation=2, device=3),
        )
    ).mean()
    assert (found.device, found.devices, found.part_us("kernel"), found.wall_us) == (3, 2, 0.05, 0.1)


def test_that_a_cpu_has_operators_of_any_thread_and_what_is_between_them() -> None:
    assert parts_of(
        span("ProfilerStep#1", 0, 100),
        op("aten::linear", 10, 30),
        op("aten::addmm", 15, 20),
        op("MmBackward0", 60, 20, thread=2),
        Event("Buffer Flush", 90, 5, Kind.OVERHEAD, thread=0),
    ) == {"operators": 50, "overhead": 5, "other": 45}


def test_that_an_operator_that_outlives_the_one_it_began_in_counts_to_its_end() -> None:
    found = parts_of(span("ProfilerStep#1", 0, 100), op("outer", 10, 30), op("inner", 30, 40))
    assert found == {"operators": 60, "other": 40}


def test_that_a_cpu_has_no_device_parts_and_says_so() -> None:
    found = sums_of(table_of(span("ProfilerStep#1", 0, 100), op("aten::mm", 10, 30))).mean("on a CPU")
    assert (found.basis, found.device, found.devices, found.reason) == ("cpu", None, 0, "on a CPU")
    assert found.part_us("kernel") is None
    assert found.waiting_for_host_us is None
    assert found.part_us("operators") == 0.03


# ---- the walls


def wall_of(*events: Event, after: int | None = None) -> list[tuple[int, int]]:
    base = 1_700_000_000_000_000_000
    walls = step_walls(attribute(table_of(*events)), None if after is None else base + after)
    assert walls is not None
    return list(zip((walls.start_ns - base).tolist(), (walls.end_ns - base).tolist(), strict=True))


def test_that_a_step_ends_with_the_last_kernel_that_it_launched() -> None:
    step = (span("ProfilerStep#1", 0, 100), call("cudaLaunchKernel", 50, 5, 1), kernel("long", 90, 60, 1))
    assert wall_of(*step) == [(0, 150)]
    later = (call("cudaLaunchKernel", 120, 5, 2), kernel("of no step", 160, 60, 2))
    assert wall_of(*step, *later) == [(0, 150)]


def test_that_no_step_begins_before_the_one_before_it_is_over() -> None:
    steps = (
        span("ProfilerStep#1", 0, 100),
        call("cudaLaunchKernel", 50, 5, 1),
        kernel("of the first", 90, 60, 1),
        span("ProfilerStep#2", 100, 100),
        call("cudaLaunchKernel", 110, 5, 2),
        kernel("of the second", 150, 60, 2),
    )
    assert wall_of(*steps) == [(0, 150), (150, 210)]
    assert wall_of(*steps, after=20) == [(20, 150), (150, 210)]


def test_that_kernels_queued_before_the_first_step_are_no_part_of_it() -> None:
    steps = (
        kernel("launched unseen", -20, 80, 7),
        span("ProfilerStep#1", 0, 100),
        call("cudaLaunchKernel", 10, 5, 1),
        kernel("of the step", 61, 59, 1),
    )
    assert wall_of(*steps) == [(60, 120)]
    assert parts_of(*steps) == {"kernel": 59, "between_kernels": 1}


def test_that_an_earlier_kernel_beside_those_of_the_step_leaves_its_wall_alone() -> None:
    assert wall_of(
        call("ncclLaunchKernel", -30, 5, 7),
        kernel("on another stream", -20, 200, 7),
        span("ProfilerStep#1", 0, 100),
        call("cudaLaunchKernel", 10, 5, 1),
        Event("of the step", 20, 50, Kind.KERNEL, stream=8, correlation=1),
    ) == [(0, 100)]


def test_that_a_launch_lost_in_the_middle_does_not_cut_the_step() -> None:
    assert wall_of(
        span("ProfilerStep#1", 0, 100),
        kernel("launched unseen", 20, 10, 7),
        call("cudaLaunchKernel", 30, 5, 1),
        kernel("of the step", 40, 20, 1),
        kernel("launched unseen", 70, 50, 8),
    ) == [(0, 120)]


def test_that_without_steps_all_events_make_one_wall() -> None:
    assert wall_of(op("aten::mm", 10, 30), op("aten::mm", 60, 30)) == [(10, 90)]
    assert step_walls(table_of()) is None


# ---- against another way to find the same

_KINDS = st.sampled_from((Kind.KERNEL, Kind.KERNEL, Kind.MEMCPY, Kind.MEMSET))
_CALLS = ("cudaLaunchKernel", "cudaMemcpyAsync", "cudaStreamSynchronize", "cudaMalloc", "cudaMemcpy")
_TIME, _LENGTH, _THREAD = st.integers(0, 70), st.integers(0, 20), st.integers(1, 3)


@st.composite
def small_tables(draw: st.DrawFn) -> EventTable:
    """Tables of any events at all: calls of three threads, four streams of two devices, one or two steps."""
    events = [span("ProfilerStep#1", 5, draw(st.integers(0, 60)))]
    if draw(st.booleans()):
        events.append(span("ProfilerStep#2", draw(st.integers(30, 60)), draw(st.integers(0, 30))))
    calls = draw(st.lists(st.tuples(st.sampled_from(_CALLS), _TIME, _LENGTH, _THREAD), max_size=6))
    events += [
        call(name, start, length, number, thread=thread)
        for number, (name, start, length, thread) in enumerate(calls, 1)
    ]
    ran = draw(st.lists(st.tuples(_KINDS, st.integers(1, 8), _TIME, _LENGTH), max_size=6))
    for number, (kind, correlation, start, length) in enumerate(ran):
        launch = [start_of for at, (_, start_of, *_) in enumerate(calls, 1) if at == correlation]
        # A kernel never starts before the call that launches it.
        begin = max([start, *launch])
        place = {"stream": 7 + number % 2, "device": draw(st.integers(0, 1))}
        events.append(Event(f"k{number}", begin, length, kind, correlation=correlation, **place))
    ops = draw(st.lists(st.tuples(_TIME, _LENGTH, _THREAD), max_size=5))
    events += [op("aten::op", start, length, thread=thread) for start, length, thread in ops]
    for start in draw(st.lists(_TIME, max_size=1)):
        events.append(Event("Buffer Flush", start, 5, Kind.OVERHEAD, thread=0))
    return table_of(*events)


@settings(max_examples=400)
@given(small_tables())
def test_that_every_nanosecond_is_where_its_definition_says(table: EventTable) -> None:
    filled = attribute(table)
    walls = step_walls(filled)
    assert walls is not None
    found = break_down(filled, walls, 1)
    names = DEVICE_PARTS if found.basis == "device" else CPU_PARTS
    stretches = list(zip(walls.start_ns.tolist(), walls.end_ns.tolist(), strict=True))
    expected = per_nanosecond(table, stretches, walls.thread)
    assert dict(zip(names, found.parts_ns.tolist(), strict=True)) == {name: expected[name] for name in names}
    assert by_sweep(table, stretches, walls.thread) == +expected
    assert found.parts_ns.sum() == found.wall_ns == sum(end - start for start, end in stretches)


@pytest.mark.parametrize(
    "name",
    [
        *("a100_alexnet", "b200_eager", "h100_bert_small", "h100_qwen1.5_0.5b"),
        *("mi300_bert_small", "mi300_resnet_act_checkpoint", "mi300_torch_compile_triton"),
    ],
)
def test_that_a_recorded_gpu_run_is_split_the_same_by_a_plain_sweep(name: str) -> None:
    path = TRACES / f"{name}.json.gz"
    if not path.exists():
        pytest.skip(f"the recorded trace {path.name} is not on this machine")
    filled = attribute(read_chrome_trace(path).table)
    walls = step_walls(filled)
    assert walls is not None
    found = break_down(filled, walls, 1)
    stretches = list(zip(walls.start_ns.tolist(), walls.end_ns.tolist(), strict=True))
    expected = by_sweep(filled, stretches, walls.thread)
    assert dict(zip(DEVICE_PARTS, found.parts_ns.tolist(), strict=True)) == {
        name: expected[name] for name in DEVICE_PARTS
    }
    assert found.parts_ns.sum() == found.wall_ns
