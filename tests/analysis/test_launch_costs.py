from __future__ import annotations

from pathlib import Path

import pytest

from engine.analysis.results import LayerRow, VariantSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.recording.opened_trace import open_trace
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import Kind
from engine.trace.step_table import step_table
from engine.trace.window import Window
from tests.analysis.small_tables import Event, call, kernel, op, span, table_of

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"
PATHS = ("", "first", "second")

STEP = (
    span("ProfilerStep#0", 0, 10_000),
    span("phase:forward", 0, 5000),
    span("layer:first", 100, 900),
    op("aten::mm", 200, 700, correlation=5),
    call("cudaLaunchKernel", 250, 100, correlation=90, linked=5),
    call("cudaLaunchKernel", 400, 300, correlation=91, linked=5),
    span("layer:second", 1000, 900),
    op("aten::relu", 1100, 700, correlation=6),
    call("cudaLaunchKernel", 1200, 200, correlation=92, linked=6),
    call("cuLaunchKernel", 1250, 100, correlation=92, linked=6),
    call("cudaMemcpyAsync", 1500, 200, correlation=93, linked=6),
    kernel("gemm", 2000, 1000, 90, linked=5),
    kernel("overlapping", 2990, 510, 91, linked=5),
    kernel("relu", 3600, 100, 92, linked=6),
    kernel("copy", 4000, 100, 93, linked=6, kind=Kind.MEMCPY),
    kernel("stray", 4200, 100, 99),
)


def summary_of(*steps: tuple[Event, ...], device: str = "cuda:0") -> VariantSummary:
    layers = tuple(BuiltLayer(path=path, type="") for path in PATHS)
    analysis = RunAnalysis([BuiltModel(name="mine", layers=layers, device=device)])
    for index, events in enumerate(steps):
        table = table_of(*events, layers=PATHS)
        analysis.add_window(Window(index, 0, index, 1, 0, 1, 0, "kineto", table))
    return analysis.summary(step_table()).variants[0]


def launching(row: LayerRow) -> tuple[float | None, ...]:
    return row.launches, row.launch_overhead_us, row.gap_count, row.mean_gap_us


def test_that_each_layer_has_its_launches_their_time_and_the_gaps_before_its_kernels() -> None:
    """The first event of a stream has no gap, nor has one that starts before its neighbour ends."""
    rows = {row.path: row for row in summary_of(STEP).layers}
    assert launching(rows["first"]) == (2.0, 0.4, 1.0, 0.0)
    assert launching(rows["second"]) == (1.0, 0.2, 2.0, pytest.approx((0.1 + 0.3) / 2))
    assert launching(rows["unattributed"]) == (0.0, 0.0, 1.0, pytest.approx(0.1))
    assert launching(rows[""]) == (0.0, 0.0, 0.0, None)


def test_that_launches_are_per_step_and_gaps_a_mean_over_all() -> None:
    rows = {row.path: row for row in summary_of(STEP, STEP).layers}
    assert launching(rows["first"]) == (2.0, 0.4, 1.0, 0.0)
    assert launching(rows["second"]) == (1.0, 0.2, 2.0, pytest.approx(0.2))


def test_that_from_one_step_to_the_next_no_gap_is_told() -> None:
    def launched(step: int, start: int, number: int) -> tuple[Event, ...]:
        return (
            span(f"ProfilerStep#{step}", start, 1000),
            op("aten::mm", start + 10, 500, correlation=number),
            call("cudaLaunchKernel", start + 20, 10, correlation=100 + number, linked=number),
            call("cudaLaunchKernel", start + 40, 10, correlation=200 + number, linked=number),
            kernel("a", start + 100, 50, 100 + number, linked=number),
            kernel("b", start + 160, 50, 200 + number, linked=number),
        )

    found = summary_of((*launched(0, 0, 1), *launched(1, 5000, 2)))
    gaps = [(row.gap_count, row.mean_gap_us) for row in found.layers if row.gap_count]
    assert gaps == [(2.0, pytest.approx(0.01))]


def test_that_streams_are_judged_apart() -> None:
    found = summary_of(
        (
            kernel("a", 0, 10, 1),
            Event("other stream", 5, 10, Kind.KERNEL, stream=8, correlation=2),
            kernel("b", 20, 10, 3),
        )
    )
    (row,) = [row for row in found.layers if row.gap_count]
    assert (row.gap_count, row.mean_gap_us) == (1.0, pytest.approx(0.01))


def test_that_on_a_cpu_nothing_of_this_is_known() -> None:
    found = summary_of((op("aten::mm", 0, 100),), device="cpu")
    assert {launching(row) for row in found.layers} == {(None, None, None, None)}


def test_that_without_any_runtime_call_launches_are_unknown_but_gaps_are_not() -> None:
    found = summary_of((kernel("a", 0, 10, 1), kernel("b", 30, 10, 2)))
    assert launching(found.layers[-1]) == (None, None, 1.0, pytest.approx(0.02))


@pytest.mark.parametrize(
    "name",
    [
        *("a100_alexnet", "b200_eager", "h100_bert_small", "h100_qwen1.5_0.5b"),
        *("mi300_bert_small", "mi300_resnet_act_checkpoint", "mi300_torch_compile_triton"),
    ],
)
def test_that_of_a_recorded_run_the_rows_sum_to_what_the_profile_holds(name: str) -> None:
    path = TRACES / f"{name}.json.gz"
    if not path.exists():
        pytest.skip(f"the recorded trace {path.name} is not on this machine")
    recording = open_trace(path)
    analysis = RunAnalysis(recording.models)
    tables = [recording.window(index) for index in range(recording.window_count)]
    for window in tables:
        analysis.add_window(window)
    (found,) = analysis.summary(step_table()).variants
    assert found.completeness is not None
    launches = sum(row.launches or 0 for row in found.layers) * found.profiled_steps
    assert launches == pytest.approx(found.completeness.launches)
    gap_us = sum((row.gap_count or 0) * (row.mean_gap_us or 0) for row in found.layers)
    assert gap_us * found.profiled_steps == pytest.approx(sum(_idle_us(window) for window in tables))


def _idle_us(window: Window) -> float:
    """Sum the time between the events of each stream, one event at a time."""
    table = window.table
    ends: dict[int, int] = {}
    idle_ns = 0
    rows = [row for row in range(len(table)) if table.is_device[row]]
    for row in sorted(rows, key=lambda row: table.start_ns[row]):
        stream, start, end = int(table.track[row]), int(table.start_ns[row]), int(table.end_ns[row])
        idle_ns += max(0, start - ends.get(stream, start))
        ends[stream] = max(ends.get(stream, end), end)
    return idle_ns / 1e3
