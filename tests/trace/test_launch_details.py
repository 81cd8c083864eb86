"""How kernels were launched, from a trace file: every number as it is written there."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable, Kind, event_table
from engine.trace.launch_details import DETAIL_COLUMNS, launch_details
from engine.trace.module_ranges import with_module_ranges
from tests.trace.chrome_files import exact_ns, exact_rows, kernel, op, real_traces, trace_text

_ON_DEVICE = ("kernel", "gpu_memcpy", "gpu_memset")
# The key of a trace's argument -> the columns that hold it.
_KEYS = {
    "grid": ("grid_x", "grid_y", "grid_z"),
    "block": ("block_x", "block_y", "block_z"),
    "registers per thread": ("registers_per_thread",),
    "shared memory": ("shared_memory_bytes",),
    "blocks per SM": ("blocks_per_sm",),
    "warps per SM": ("warps_per_sm",),
    "est. achieved occupancy %": ("occupancy_percent",),
    "bytes": ("bytes",),
}
CUDA_ARGS: dict[str, Any] = {
    "grid": [3, 2, 544],
    "block": [256, 1, 1],
    "registers per thread": 122,
    "shared memory": 24576,
    "blocks per SM": 30.222221,
    "warps per SM": 241.777771,
    "est. achieved occupancy %": 25,
}


def details_of(table: EventTable) -> dict[int, dict[str, float]]:
    """Return what is told, by row: absent values are left out."""
    columns = {name: getattr(table.details, name).tolist() for name in DETAIL_COLUMNS if name != "row"}
    return {
        row: {
            name: values[place]
            for name, values in columns.items()
            if not math.isnan(values[place]) and values[place] != -1
        }
        for place, row in enumerate(table.details.row.tolist())
    }


def expected(args: dict[str, Any]) -> dict[str, float]:
    """Return what a row's arguments say, read without the engine."""
    told: dict[str, float] = {}
    for key, names in _KEYS.items():
        if key in args:
            values = args[key] if isinstance(args[key], list) else [args[key]]
            told.update(zip(names, map(float, values), strict=True))
    return told


def read(tmp_path: Path, *events: dict[str, Any]) -> EventTable:
    path = tmp_path / "trace.json"
    path.write_text(trace_text(*events))
    return read_chrome_trace(path).table


@real_traces
def test_that_every_device_row_of_a_real_trace_says_what_the_file_says(real_trace: Path) -> None:
    base_ns, rows = exact_rows(real_trace)
    wanted = sorted(
        (base_ns + exact_ns(row["ts"]), row["name"], sorted(expected(row["args"]).items()))
        for row in rows
        if row.get("cat") in _ON_DEVICE
    )
    table = read_chrome_trace(real_trace).table
    told = details_of(table)
    device = np.flatnonzero(table.is_device).tolist()

    found = sorted(
        (int(table.start_ns[row]), table.name_of(row), sorted(told.get(row, {}).items())) for row in device
    )
    assert found == wanted
    assert sum(bool(said) for _, _, said in found) > 0


@real_traces
def test_that_launches_stay_with_their_kernels_when_rows_are_chosen(real_trace: Path) -> None:
    table = read_chrome_trace(real_trace).table
    told = details_of(table)
    order = np.random.default_rng(0).permutation(len(table))[: len(table) // 2]

    for rows in (table.is_device, order, order - len(table)):
        chosen = table.select(rows)
        indices = np.arange(len(table))[rows]
        wanted = {place: told[row] for place, row in enumerate(indices.tolist()) if row in told}
        assert details_of(chosen) == wanted


@real_traces
def test_that_launches_stay_with_their_kernels_when_module_ranges_are_added(real_trace: Path) -> None:
    table = read_chrome_trace(real_trace).table

    assert details_of(with_module_ranges(table).table) == details_of(table)


def test_that_launches_of_later_pieces_keep_their_rows(tmp_path: Path) -> None:
    # Pieces are some tens of kilobytes: these are many.
    events = [
        op("aten::mm", ts=float(n)) if n % 2 else kernel(ts=float(n), grid=[n, 1, 1]) for n in range(5000)
    ]
    table = read(tmp_path, *events)
    starts = (table.start_ns - table.start_ns.min()) // 1000

    assert table.details.row.tolist() == np.flatnonzero(table.kind == Kind.KERNEL).tolist()
    assert table.details.grid_x.tolist() == starts[table.details.row].tolist()


def test_that_operators_and_calls_have_no_launch(tmp_path: Path) -> None:
    call = {**op("hipLaunchKernel"), "cat": "cuda_runtime", "args": {**CUDA_ARGS, "bytes": "65536"}}
    table = read(tmp_path, op(), call)

    assert len(table) == 2
    assert len(table.details) == 0


@pytest.mark.parametrize(
    ("args", "wanted"),
    [
        ({"blocks per SM": 1, "warps per SM": "inf"}, {"blocks_per_sm": 1.0}),
        ({"est. achieved occupancy %": -99}, {}),
        ({"est. achieved occupancy %": 0}, {"occupancy_percent": 0.0}),
        ({"registers per thread": "255"}, {"registers_per_thread": 255}),
        ({"shared memory": 2.5, "registers per thread": True}, {}),
        ({"block": [32, "2", 1]}, {"block_x": 32, "block_y": 2, "block_z": 1}),
        ({"block": [32, 2], "bytes": 10**400}, {}),
        ({"bytes": 2**62}, {"bytes": 2**62}),
        ({"block": "32"}, {}),
    ],
)
def test_that_numbers_of_odd_types_are_read_or_not_told(
    tmp_path: Path, args: dict[str, Any], wanted: dict[str, float]
) -> None:
    told = details_of(read(tmp_path, kernel(**args), op()))

    assert told == {0: {"grid_x": 1, "grid_y": 1, "grid_z": 1, **wanted}}


def test_that_a_row_the_strict_decoder_refuses_says_its_launch_as_well(tmp_path: Path) -> None:
    row = json.dumps(kernel(**CUDA_ARGS, context=float("nan")))
    path = tmp_path / "trace.json"
    path.write_text(trace_text(op()).replace('"traceEvents": [', f'"traceEvents": [{row}, '))
    table = read_chrome_trace(path).table

    assert "NaN" in path.read_text()
    assert details_of(table) == {0: expected(CUDA_ARGS)}


def test_that_details_must_fit_together_and_to_the_table() -> None:
    with pytest.raises(ValueError, match="ascend"):
        launch_details({"row": [3, 3]})
    with pytest.raises(ValueError, match="bytes has 2 rows, not 1"):
        launch_details({"row": [0], "bytes": [1, 2]})
    with pytest.raises(ValueError, match="unknown launch details: colour"):
        launch_details({"row": [0], "colour": [1]})
    with pytest.raises(ValueError, match="row 1 of a table of 1"):
        event_table(("a",), (), details=launch_details({"row": [1]}), name=[0], kind=[0])
