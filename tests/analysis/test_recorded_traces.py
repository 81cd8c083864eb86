"""Recorded GPU runs: every number against a plain reading of the same file."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.attribution import attribute, attribute_fully
from engine.analysis.owner_costs import UNATTRIBUTED
from engine.analysis.trace_summary import TraceSummary, summarize_trace
from engine.analysis.window_costs import window_costs
from engine.recording.opened_trace import open_trace
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable, Kind
from tests.analysis.plain_traces import Row, kernel_numbers, launch_numbers, nest, operator_numbers, read_rows

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"
NAMES = [
    "a100_alexnet",
    "b200_eager",
    "h100_bert_small",
    "h100_qwen1.5_0.5b",
    "mi300_bert_small",
    "mi300_resnet_act_checkpoint",
    "mi300_torch_compile_triton",
]

Trace = tuple[list[Row], EventTable, TraceSummary]


@pytest.fixture(scope="module", params=NAMES)
def trace(request: pytest.FixtureRequest) -> Trace:
    """Return a trace's rows, read plainly, and the table and summary to be checked."""
    path = TRACES / f"{request.param}.json.gz"
    if not path.exists():
        pytest.skip(f"the recorded trace {path.name} is not on this machine")
    rows = read_rows(path)
    nest(rows)
    table = read_chrome_trace(path).table
    return rows, table, summarize_trace(table)


def test_that_kernels_agree_to_the_nanosecond(trace: Trace) -> None:
    rows, _, summary = trace
    ours = {
        (row.kind, row.name): (
            row.count,
            round(row.total_us * 1e3),
            round(row.min_us * 1e3),
            round(row.max_us * 1e3),
        )
        for row in summary.kernels
    }
    assert ours == kernel_numbers(rows)


def test_that_self_times_of_operators_agree_to_the_nanosecond(trace: Trace) -> None:
    rows, _, summary = trace
    ours = {row.name: (row.count, round(row.total_us * 1e3)) for row in summary.operators}
    assert ours == operator_numbers(rows)


def test_that_device_time_by_launching_op_agrees_to_the_nanosecond(trace: Trace) -> None:
    rows, plain_table, _ = trace
    table = attribute(plain_table)
    sums: dict[str, int] = defaultdict(int)
    for row in np.flatnonzero(table.is_device).tolist():
        launcher = int(table.parent[row])
        while launcher >= 0 and table.kind[launcher] != Kind.OP:
            launcher = int(table.parent[launcher])
        sums[table.name_of(launcher) if launcher >= 0 else ""] += int(table.duration_ns[row])
    assert dict(sums) == launch_numbers(rows)


# Of the device time whose launch is in the file. The rest of a file has no layers: no stacks were recorded.
SHARES = {
    "b200_eager": 0.995,
    "h100_bert_small": 0.995,
    "h100_qwen1.5_0.5b": 0.995,
    "mi300_bert_small": 0.995,
    "mi300_resnet_act_checkpoint": 0.95,
}


@pytest.mark.parametrize("name", SHARES)
def test_that_modules_that_torch_recorded_own_what_they_launched(name: str) -> None:
    path = TRACES / f"{name}.json.gz"
    if not path.exists():
        pytest.skip(f"the recorded trace {path.name} is not on this machine")
    recording = open_trace(path)
    layer_count = len(recording.models[0].layers)
    launched_ns = owned_ns = 0
    for number in range(recording.window_count):
        attributed = attribute_fully(recording.window(number).table)
        costs, table = window_costs(attributed, layer_count), attributed.table
        measured = costs.measured
        is_launched = table.parent[measured.rows] >= 0
        is_owned = costs.owner != layer_count + UNATTRIBUTED
        launched_ns += int(measured.cost_ns[is_launched].sum())
        owned_ns += int(measured.cost_ns[is_launched & is_owned].sum())
        # The rows sum to the total exactly, and the total is all that ran on the device.
        assert costs.sums.total_ns == int(table.duration_ns[table.is_device].sum())

    assert launched_ns > 0
    assert owned_ns / launched_ns >= SHARES[name]
