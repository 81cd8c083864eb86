from collections.abc import Iterable
from dataclasses import replace

import pytest

from engine.analysis.loss import LossKind
from engine.analysis.results import VariantSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import Kind
from engine.trace.step_table import step_table
from engine.trace.window import Window
from tests.analysis.small_tables import Event, call, kernel, op, span, table_of

PATHS = ("", "block", "block.linear", "head")


def model(device: str = "cpu") -> BuiltModel:
    layers = tuple(BuiltLayer(path=path, type=f"Type of {path}") for path in PATHS)
    return BuiltModel(name="mine", layers=layers, device=device)


def window(events: Iterable[Event], variant: int = 0, index: int = 0, steps: int = 1) -> Window:
    table = table_of(*events, layers=PATHS)
    return Window(index, variant, 0, steps, 10, 20, 5, "monotonic", table)


CPU_STEP = (
    span("phase:forward", 0, 10_000),
    span("layer:", 0, 10_000),
    span("layer:block", 1000, 5000),
    op("aten::mul", 1100, 1000, sequence=1),
    span("layer:block.linear", 3000, 2000),
    op("aten::linear", 3100, 1500, sequence=2),
    op("aten::addmm", 3200, 1000),
    span("layer:head", 7000, 1000),
    op("aten::relu", 7100, 500, sequence=3),
    span("phase:loss", 11_000, 1000),
    op("aten::mean", 11_100, 300, sequence=4),
    span("phase:backward", 12_000, 8000),
    op("MeanBackward0", 12_100, 200, sequence=4, forward_thread=1),
    op("ReluBackward0", 13_000, 700, sequence=3, forward_thread=1),
    op("AddmmBackward0", 14_000, 900, sequence=2, forward_thread=1),
    op("aten::add_", 19_000, 50),
    span("phase:optimizer", 21_000, 1000),
    op("aten::_foreach_add_", 21_100, 400),
)


def summary_of(*windows: Window, device: str = "cpu") -> VariantSummary:
    analysis = RunAnalysis([model(device)])
    for each in windows:
        analysis.add_window(each)
    return analysis.summary(step_table()).variants[0]


def test_that_each_layer_gets_its_own_forward_and_backward_self_time() -> None:
    rows = {row.path: row for row in summary_of(window(CPU_STEP)).layers}
    assert (rows["block"].forward_us, rows["block"].backward_us) == (1.0, 0.0)
    assert (rows["block.linear"].forward_us, rows["block.linear"].backward_us) == (1.5, 0.9)
    assert (rows["head"].forward_us, rows["head"].backward_us) == (0.5, 0.7)
    assert rows["block"].type == "Type of block"


def test_that_totals_include_the_layers_inside() -> None:
    rows = {row.path: row for row in summary_of(window(CPU_STEP)).layers}
    assert (rows["block"].forward_total_us, rows["block"].backward_total_us) == (2.5, 0.9)
    assert rows[""].total_us == pytest.approx(4.6)
    assert rows[""].own_us == 0


def test_that_loss_and_optimizer_have_rows_and_are_not_unattributed() -> None:
    others = {row.kind: row for row in summary_of(window(CPU_STEP)).layers if row.kind != "layer"}
    assert (others["loss"].forward_us, others["loss"].backward_us) == (0.3, 0.2)
    assert others["optimizer"].own_us == 0.4
    assert others["unattributed"].own_us == 0.05


def test_that_all_rows_sum_to_the_total() -> None:
    found = summary_of(window(CPU_STEP), window(CPU_STEP, index=1))
    assert sum(row.own_us for row in found.layers) == pytest.approx(found.total_us, rel=1e-12)
    assert sum(kernel.per_step_us for kernel in found.kernels) == pytest.approx(found.total_us, rel=1e-12)
    assert sum(kernel.share for kernel in found.kernels) == pytest.approx(1)
    assert found.attributed_share == pytest.approx(1 - 0.05 / found.total_us)


def test_that_costs_are_per_step() -> None:
    one, two = summary_of(window(CPU_STEP)), summary_of(window(CPU_STEP, steps=2))
    assert two.profiled_steps == 2
    assert two.total_us == one.total_us / 2
    assert {row.path: row.calls for row in one.layers if row.kind == "layer"} == dict.fromkeys(PATHS, 1.0)
    assert {row.path: row.calls for row in two.layers if row.kind == "layer"} == dict.fromkeys(PATHS, 0.5)
    assert two.layers[2].kernel_count == one.layers[2].kernel_count / 2 == 1.5


def test_that_a_window_in_small_sums_to_its_total_too() -> None:
    analysis = RunAnalysis([model()])
    found = analysis.add_window(window(CPU_STEP, index=3, steps=2))
    parts = (
        sum(found.layer_forward_us) + sum(found.layer_backward_us) + found.other_us + found.unattributed_us
    )
    assert parts == pytest.approx(found.total_us, rel=1e-12)
    assert (found.index, found.steps, found.time_ns) == (3, 2, 10)
    assert tuple(found.layer_forward_us) == (0, 0.5, 0.75, 0.25)
    assert tuple(found.layer_backward_us) == (0, 0, 0.45, 0.35)
    assert found.other_us == pytest.approx(0.45)


def test_that_operators_are_counted_over_all_windows() -> None:
    rows = {row.name: row for row in summary_of(window(CPU_STEP), window(CPU_STEP, index=1)).kernels}
    found = rows["aten::linear"]
    assert (found.kind, found.count, found.total_us, found.mean_us) == ("operator", 2, 1.0, 0.5)
    assert found.layers == ("block.linear",)
    assert "layer:block" not in rows
    assert rows["aten::mean"].layers == ()


def test_that_an_operator_that_only_calls_its_own_overload_is_one_call() -> None:
    rows = summary_of(
        window((op("aten::sum", 0, 1000), op("aten::sum", 100, 800), op("aten::fill_", 200, 300)))
    ).kernels
    assert {row.name: (row.count, row.total_us) for row in rows} == {
        "aten::sum": (1, 0.7),
        "aten::fill_": (1, 0.3),
    }


GPU_STEP = (
    span("phase:forward", 0, 1000),
    span("layer:head", 100, 500),
    op("aten::mm", 200, 300, correlation=5),
    call("cudaLaunchKernel", 250, 10, correlation=90, linked=5),
    call("cudaMemcpyAsync", 270, 10, correlation=91, linked=5),
    kernel("gemm", 5000, 700, correlation=90, linked=5),
    kernel("Memcpy HtoD", 6000, 100, correlation=91, linked=5, kind=Kind.MEMCPY),
    kernel("stray", 7000, 50, correlation=77),
)


def test_that_where_a_device_ran_only_device_time_is_measured() -> None:
    found = summary_of(window(GPU_STEP), device="cuda:0")
    assert found.measured_on == "device"
    assert found.total_us == pytest.approx(0.85)
    assert {row.name: (row.kind, row.total_us) for row in found.kernels} == {
        "gemm": ("kernel", 0.7),
        "Memcpy HtoD": ("memcpy", 0.1),
        "stray": ("kernel", 0.05),
    }
    rows = {row.path: row for row in found.layers}
    assert rows["head"].forward_us == pytest.approx(0.8)
    assert rows["head"].kernel_count == 2
    assert rows["unattributed"].own_us == 0.05
    assert found.completeness is not None
    assert (found.completeness.launches, found.completeness.kernels_matched) == (1, 1)


def test_that_a_device_window_without_device_events_is_never_mixed_with_those_that_have_some() -> None:
    lost = window(GPU_STEP[:5], index=1)
    for windows in ((window(GPU_STEP), lost), (lost, window(GPU_STEP))):
        found = summary_of(*windows, device="cuda:0")
        assert (found.windows, found.profiled_steps, found.measured_on) == (2, 1, "device")
        assert found.total_us == pytest.approx(0.85)


def test_that_a_device_that_is_never_seen_leaves_cpu_times_and_says_why() -> None:
    analysis = RunAnalysis([model("cuda:0")])
    window_summary = analysis.add_window(window(GPU_STEP[:5]))
    found = analysis.summary(step_table()).variants[0]
    assert found.measured_on == "cpu"
    assert [loss.kind for loss in window_summary.completeness.losses] == [LossKind.NO_KERNEL_RECORDS]
    assert "another profiler" in window_summary.completeness.reason
    assert found.completeness is not None
    assert (found.completeness.launches, found.completeness.launches_matched) == (1, None)


def test_that_an_apple_gpu_is_not_blamed_for_what_torch_cannot_record() -> None:
    summary = RunAnalysis([model("mps")]).add_window(window(GPU_STEP[:3]))
    assert "Apple" in summary.completeness.reason
    assert "driver" not in summary.completeness.reason


def test_that_before_the_first_window_nothing_is_claimed() -> None:
    found = summary_of()
    assert (found.windows, found.steps, found.layers, found.kernels) == (0, None, (), ())
    assert found.attributed_share is None
    assert found.completeness is None


def test_that_variants_are_kept_apart() -> None:
    analysis = RunAnalysis([model(), model()])
    analysis.add_window(window(CPU_STEP, variant=1))
    steps = step_table(
        variant=[0, 1, 1], step=[0, 0, 1], start_ns=[0, 1, 2], duration_ns=[5000, 7000, 9000], flags=[0, 0, 0]
    )
    first, second = analysis.summary(steps, profiling_share=0.07).variants
    assert (first.windows, second.windows) == (0, 1)
    assert first.steps is not None
    assert second.steps is not None
    assert (first.steps.median_us, second.steps.median_us) == (5.0, 8.0)
    assert analysis.summary(steps, profiling_share=0.07).profiling_share == 0.07


def test_that_an_empty_window_is_no_error() -> None:
    found = summary_of(window(()))
    assert found.total_us == 0
    assert found.attributed_share is None


def step_of(duration: int, index: int, clock: str = "kineto") -> Window:
    """A window of one operator."""
    made = window((op("aten::mm", 0, duration),), index=index)
    return replace(made, clock=clock)


@pytest.mark.parametrize("interrupted_at", [0, 3, 29])
def test_that_an_interrupted_window_is_left_out_whole_and_counted(interrupted_at: int) -> None:
    durations = [1000 + index for index in range(30)]
    durations[interrupted_at] = 500_000
    found = summary_of(*(step_of(duration, index) for index, duration in enumerate(durations)))

    others = [duration for duration in durations if duration < 500_000]
    assert (found.windows, found.windows_left_out, found.profiled_steps) == (30, 1, 29)
    assert found.total_us == pytest.approx(sum(others) / 29 / 1e3)
    assert found.kernels[0].count == 29
    assert found.kernels[0].max_us < 2
    assert sum(row.own_us for row in found.layers) == pytest.approx(found.total_us, rel=1e-12)


def test_that_windows_are_judged_again_while_there_are_few() -> None:
    analysis = RunAnalysis([model()])
    analysis.add_window(step_of(500_000, 0))
    assert analysis.summary(step_table()).variants[0].windows_left_out == 0
    for index in (1, 2):
        analysis.add_window(step_of(1000, index))

    found = analysis.summary(step_table()).variants[0]

    assert (found.windows_left_out, found.total_us) == (1, 1.0)


def test_that_no_step_of_a_trace_from_elsewhere_is_left_out() -> None:
    found = summary_of(*(step_of(500_000 if index == 3 else 1000, index, "trace") for index in range(20)))

    assert (found.windows_left_out, found.profiled_steps) == (0, 20)
    assert found.kernels[0].count == 20


def test_that_an_interrupted_window_is_left_out_of_the_step_breakdown_too() -> None:
    def step(index: int) -> Window:
        events = (span(f"ProfilerStep#{index}", 0, 1200), op("aten::mm", 0, 900_000 if index == 7 else 1000))
        return window(events, index=index)

    found = summary_of(*(step(index) for index in range(30)))

    assert found.breakdown is not None
    assert (found.windows_left_out, found.breakdown.steps, found.profiled_steps) == (1, 29, 29)
    assert found.breakdown.part_us("operators") == pytest.approx(found.total_us) == pytest.approx(1.0)
    assert found.breakdown.wall_us == pytest.approx(sum(part.us for part in found.breakdown.parts))


def test_that_a_device_that_is_never_seen_leaves_the_hosts_breakdown_and_says_why() -> None:
    found = summary_of(window((span("ProfilerStep#0", 0, 1000), *GPU_STEP[:5])), device="cuda:0")
    assert found.breakdown is not None
    assert found.breakdown.basis == "cpu"
    assert found.completeness is not None
    assert "1 launch left no kernel" in found.breakdown.reason == found.completeness.reason
    assert found.breakdown.part_us("runtime") == pytest.approx(0.02)


def test_that_a_step_of_a_trace_begins_when_the_one_before_it_is_done() -> None:
    """The steps of a trace are a window each, and kernels of one run during the next."""

    def step(number: int) -> Window:
        start = 1000 * number
        events = (
            span(f"ProfilerStep#{number}", start, 1000),
            op("aten::mm", start + 10, 100, correlation=number),
            call("cudaLaunchKernel", start + 20, 10, correlation=90 + number, linked=number),
            kernel("gemm", start + 800, 1000, correlation=90 + number, linked=number),
        )
        return replace(window(events, index=number), clock="trace")

    found = summary_of(step(1), step(2), step(3), device="cuda:0")

    assert found.breakdown is not None
    # The first lasts from 1.0 to 2.8 µs, the others 1 µs each, all of it their kernel's.
    assert found.breakdown.wall_us == pytest.approx((1.8 + 1 + 1) / 3)
    assert found.breakdown.part_us("kernel") == pytest.approx(1.0)
