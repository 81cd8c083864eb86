from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.analysis.trace_summary import summarize_trace
from engine.trace.chrome_reader import read_chrome_trace
from tests.analysis.small_tables import call, kernel, op, span, table_of

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"


def test_that_busy_and_idle_sum_to_the_span_and_overlaps_count_once() -> None:
    found = summarize_trace(
        table_of(
            kernel("a", 1000, 500, 1),
            kernel("b", 1400, 300, 2),
            kernel("inside b", 1450, 50, 3),
            kernel("c", 3000, 1000, 4),
        )
    )
    assert (found.span_us, found.busy_us, found.idle_us) == (3.0, 1.7, 1.3)
    assert [row.name for row in found.kernels] == ["c", "a", "b", "inside b"]


def test_that_a_trace_without_a_device_has_operators_and_no_span() -> None:
    found = summarize_trace(table_of(span("ProfilerStep#3", 0, 100), op("aten::mm", 10, 20)))
    assert (found.span_us, found.busy_us, found.idle_us, found.kernels) == (None, None, None, ())
    assert [(row.name, row.total_us) for row in found.operators] == [("aten::mm", 0.02)]
    assert found.steps == 1
    assert found.attributed_share is None


def test_that_a_trace_with_layer_ranges_names_the_layers_of_its_kernels() -> None:
    found = summarize_trace(
        table_of(
            span("layer:head", 0, 100),
            op("aten::mm", 10, 20, correlation=5),
            call("cudaLaunchKernel", 15, 5, 9, linked=5),
            kernel("gemm", 500, 300, 9, linked=5),
            kernel("stray", 900, 100, 10),
        )
    )
    assert [(row.name, row.layers) for row in found.kernels] == [("gemm", ("head",)), ("stray", ())]
    assert found.attributed_share == 0.75


@pytest.mark.parametrize(
    ("name", "kernels"),
    [
        ("a100_alexnet", 79),
        ("b200_eager", 768),
        ("h100_bert_small", 60),
        ("h100_qwen1.5_0.5b", 1465),
        ("mi300_bert_small", 60),
        ("mi300_resnet_act_checkpoint", 2995),
        ("mi300_torch_compile_triton", 12),
    ],
)
def test_that_recorded_gpu_runs_are_summed_up_whole(name: str, kernels: int) -> None:
    path = TRACES / f"{name}.json.gz"
    if not path.exists():
        pytest.skip(f"the recorded trace {path.name} is not on this machine")
    table = read_chrome_trace(path).table
    found = summarize_trace(table)
    assert found.completeness.kernels == kernels
    assert found.completeness.kernels_matched is not None
    assert found.completeness.kernels_matched == found.completeness.launches_matched
    whole_ns = int(table.duration_ns[table.is_device].sum())
    assert sum(row.total_us for row in found.kernels) == pytest.approx(whole_ns / 1e3, rel=1e-12)
    assert sum(row.count for row in found.kernels) == int(np.count_nonzero(table.is_device))
    assert found.busy_us is not None
    assert found.idle_us is not None
    assert found.span_us == pytest.approx(found.busy_us + found.idle_us)
    assert found.busy_us <= whole_ns / 1e3 + 1e-6
