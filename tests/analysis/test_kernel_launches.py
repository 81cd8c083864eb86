"""How kernels were launched, by name: against an independent reading of real traces."""

from __future__ import annotations

from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.analysis.launch_grids import grids_in_blocks
from engine.analysis.launch_totals import NOT_TOLD_OF_COPY, NOT_TOLD_OF_KERNEL, PARTLY_TOLD
from engine.analysis.occupancy import IMPOSSIBLE_OCCUPANCY, believable_occupancy
from engine.analysis.results import KernelRow
from engine.analysis.run_analysis import RunAnalysis
from engine.analysis.trace_summary import summarize_trace
from engine.recording.opened_trace import open_trace
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable, Kind
from engine.trace.launch_details import launch_details
from tests.analysis.small_tables import call, kernel, op, table_of
from tests.trace.chrome_files import exact_rows, real_traces

_KIB = 1024


def rows_by_name(rows: tuple[KernelRow, ...]) -> dict[tuple[str, str], KernelRow]:
    return {(row.name, row.kind): row for row in rows}


def launched(table: EventTable, **columns: Any) -> EventTable:
    """Return the table with launches of its device events, in their order."""
    rows = np.flatnonzero(table.is_device)
    return table.with_columns(details=launch_details({"row": rows, **columns}))


def kernels_of(real_trace: Path) -> tuple[dict[tuple[str, str], list[dict[str, Any]]], dict[int, str]]:
    """Return a trace's device rows by name and kind, and the names of launch calls by correlation."""
    kinds = {"kernel": "kernel", "gpu_memcpy": "memcpy", "gpu_memset": "memset"}
    rows: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    calls = {}
    for row in exact_rows(real_trace)[1]:
        if row.get("cat") in kinds:
            rows[row["name"], kinds[row["cat"]]].append(row)
        elif row.get("cat") in ("cuda_runtime", "cuda_driver"):
            calls[row["args"]["correlation"]] = row["name"]
    return rows, calls


def grid_in_blocks(args: dict[str, Any], calls: dict[int, str]) -> tuple[int, ...]:
    """Return a grid in blocks: AMD's extended launch counts it in threads."""
    if calls.get(args["correlation"]) != "hipExtModuleLaunchKernel":
        return tuple(args["grid"])
    return tuple(-(-size // block) for size, block in zip(args["grid"], args["block"], strict=True))


@real_traces
def test_that_every_kernel_shows_its_most_frequent_launch(real_trace: Path) -> None:
    found = rows_by_name(summarize_trace(read_chrome_trace(real_trace).table).kernels)
    rows, calls = kernels_of(real_trace)
    checked = 0
    for key in rows:
        told = Counter(
            (
                grid_in_blocks(args, calls),
                tuple(args["block"]),
                args.get("registers per thread"),
                args.get("shared memory"),
            )
            for args in (row["args"] for row in rows[key])
            if "grid" in args
        )
        launch = found[key].launch
        if not told:
            assert launch is None
            continue
        assert launch is not None
        shown = (launch.grid, launch.block, launch.registers_per_thread, launch.shared_memory_bytes)
        assert told[shown] == max(told.values())
        assert launch.configurations == len(told)
        checked += 1
    assert checked > 0
    assert len(found) == len(rows)


@real_traces
def test_that_occupancy_is_the_mean_over_time_of_what_torch_could_estimate(real_trace: Path) -> None:
    found = rows_by_name(summarize_trace(read_chrome_trace(real_trace).table).kernels)
    for key, rows in kernels_of(real_trace)[0].items():
        # Of kernels with over 48 KiB of shared memory a block torch always writes 0.
        told = [
            (float(row["args"]["est. achieved occupancy %"]), float(row["dur"]))
            for row in rows
            if "est. achieved occupancy %" in row["args"] and row["args"]["shared memory"] <= 48 * _KIB
        ]
        launch = found[key].launch
        shown = launch.occupancy_percent if launch else None
        if not told:
            assert shown is None
        else:
            wanted = sum(value * time for value, time in told) / sum(time for _, time in told)
            assert shown == pytest.approx(wanted, rel=1e-9)


@real_traces
def test_that_copies_and_fills_show_their_bytes_and_how_fast_they_were(real_trace: Path) -> None:
    found = rows_by_name(summarize_trace(read_chrome_trace(real_trace).table).kernels)
    rows, _ = kernels_of(real_trace)
    for key in rows:
        told = [row for row in rows[key] if "bytes" in row["args"]]
        if not told:
            assert (found[key].bytes, found[key].bytes_per_second) == (None, None)
            continue
        count = sum(row["args"]["bytes"] for row in told)
        assert found[key].bytes == count
        seconds = float(sum(row["dur"] for row in told)) / 1e6
        assert found[key].bytes_per_second == pytest.approx(count / seconds, rel=1e-9)


@real_traces
def test_that_what_is_not_told_has_a_reason_and_nothing_else_has(real_trace: Path) -> None:
    summary = summarize_trace(read_chrome_trace(real_trace).table)
    for row in summary.kernels:
        has_it = row.launch is not None if row.kind == "kernel" else row.bytes is not None
        assert bool(row.device_reason) != has_it
        assert (row.library is not None) == (row.kind == "kernel")
        if row.launch is not None:
            numbers = (
                row.launch.registers_per_thread,
                row.launch.shared_memory_bytes,
                row.launch.blocks_per_sm,
            )
            assert bool(row.launch.reason) == (None in numbers)
            assert bool(row.launch.occupancy_reason) == (row.launch.occupancy_percent is None)
    for row in summary.operators:
        assert (row.library, row.launch, row.bytes, row.device_reason) == (None, None, None, "")


@real_traces
def test_that_windows_of_a_trace_add_up_to_the_whole(real_trace: Path) -> None:
    recording = open_trace(real_trace)
    analysis = RunAnalysis(recording.models)
    for index in range(recording.window_count):
        analysis.add_window(recording.window(index))
    (variant,) = analysis.summary(recording.steps()).variants
    whole = rows_by_name(summarize_trace(read_chrome_trace(real_trace).table).kernels)

    for row in variant.kernels:
        launch, wanted = row.launch, whole[row.name, row.kind].launch
        assert (launch is None) == (wanted is None)
        if launch is not None and wanted is not None:
            assert (launch.configurations, launch.reason) == (wanted.configurations, wanted.reason)
            assert launch.occupancy_percent == pytest.approx(wanted.occupancy_percent)
        assert row.bytes == whole[row.name, row.kind].bytes
    assert variant.launch_queue is not None
    assert variant.launch_queue.device_events == sum(row.count for row in variant.kernels)


def test_that_a_zero_that_cannot_be_is_no_occupancy() -> None:
    details = launch_details(
        {
            "row": [0, 1, 2, 3],
            "block_x": [384, 32, 1024, 128],
            "block_y": [1] * 4,
            "block_z": [1] * 4,
            "blocks_per_sm": [0.95, 0.01, 0.001, float("nan")],
            "occupancy_percent": [0, 0, 0, 0],
        }
    )
    # 384 of 2,048 threads on nearly every multiprocessor can't be 0 %; one small block on one of many can.
    assert np.isnan(believable_occupancy(details)).tolist() == [True, False, False, False]


def test_that_a_kernel_with_much_shared_memory_says_why_it_has_no_occupancy() -> None:
    table = launched(
        table_of(call("cudaLaunchKernel", 0, 5, 1), kernel("gemm", 10, 20, 1)),
        grid_x=[120],
        grid_y=[1],
        grid_z=[1],
        block_x=[384],
        block_y=[1],
        block_z=[1],
        registers_per_thread=[168],
        shared_memory_bytes=[231424],
        blocks_per_sm=[0.95],
        warps_per_sm=[11.4],
        occupancy_percent=[0],
    )
    ((row,)) = summarize_trace(table).kernels

    assert row.launch is not None
    assert row.launch.occupancy_percent is None
    assert row.launch.occupancy_reason == IMPOSSIBLE_OCCUPANCY


def test_that_amds_extended_launches_have_their_grid_turned_into_blocks() -> None:
    table = launched(
        table_of(
            call("hipExtModuleLaunchKernel", 0, 5, 1),
            call("hipModuleLaunchKernel", 5, 5, 2),
            kernel("Cijk_", 10, 5, 1),
            kernel("attn_fwd", 15, 5, 2),
            kernel("replayed", 25, 5, 0),
        ),
        grid_x=[73729, 512, 512],
        grid_y=[8, 8, 8],
        grid_z=[1, 1, 1],
        block_x=[256, 256, 256],
        block_y=[4, 4, 4],
        block_z=[1, 1, 1],
    )

    assert grids_in_blocks(table).tolist() == [[289, 2, 1], [512, 8, 1], [512, 8, 1]]
    rows = rows_by_name(summarize_trace(table).kernels)
    row = rows["Cijk_", "kernel"]
    assert row.launch is not None
    assert row.launch.grid == (289, 2, 1)
    assert (row.launch.reason, row.launch.occupancy_reason) == (PARTLY_TOLD, PARTLY_TOLD)
    # The same name is another's on NVIDIA.
    assert rows["attn_fwd", "kernel"].library == "AOTriton"


def test_that_a_launch_without_its_share_of_the_device_says_so() -> None:
    shape = {f"{of}_{axis}": [1] for of in ("grid", "block") for axis in "xyz"}
    resources = {"registers_per_thread": [32], "shared_memory_bytes": [0]}
    (row,) = summarize_trace(launched(table_of(kernel("gemm", 10, 5, 1)), **shape, **resources)).kernels

    assert row.launch is not None
    assert (row.launch.grid, row.launch.registers_per_thread) == ((1, 1, 1), 32)
    assert (row.launch.blocks_per_sm, row.launch.reason) == (None, PARTLY_TOLD)


def test_that_a_profile_that_says_nothing_gives_its_reason() -> None:
    silent = table_of(kernel("gemm", 10, 20, 1), kernel("Memset", 40, 20, 2, kind=Kind.MEMSET))
    reasons = {row.name: row.device_reason for row in summarize_trace(silent).kernels}
    assert reasons == {"gemm": NOT_TOLD_OF_KERNEL, "Memset": NOT_TOLD_OF_COPY}

    told = silent.with_columns(details=launch_details({}, "This torch does not tell."))
    assert {row.device_reason for row in summarize_trace(told).kernels} == {"This torch does not tell."}


def test_that_operators_of_a_cpu_have_neither_library_nor_launch() -> None:
    (row,) = summarize_trace(table_of(op("aten::mm", 0, 10))).operators

    assert (row.library, row.launch, row.bytes, row.device_reason) == (None, None, None, "")
