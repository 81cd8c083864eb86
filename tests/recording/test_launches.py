"""Launches are kept in recordings and written back into traces as they were."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.analysis.attribution import attribute
from engine.recording.chrome_writer import write_chrome_trace
from engine.recording.opened_trace import open_trace
from engine.recording.table_codec import decode_table, encode_table
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable
from engine.trace.launch_details import DETAIL_COLUMNS, LaunchDetails, launch_details
from tests.recording.tables import STEP, recording_of
from tests.trace.chrome_files import real_traces

KEYS = (
    *("grid", "block", "registers per thread", "shared memory", "blocks per SM", "warps per SM"),
    *("est. achieved occupancy %", "bytes"),
)
_ON_DEVICE = ("kernel", "gpu_memcpy", "gpu_memset")
# Rows of STEP that run on a device: two kernels and a fill.
_DEVICE_ROWS = np.flatnonzero(STEP.is_device).tolist()

_sizes = st.one_of(st.just((-1, -1, -1)), st.tuples(*[st.integers(0, 2**31 - 1)] * 3))
_whole = st.integers(-1, 2**31 - 1)
_real = st.one_of(st.just(float("nan")), st.floats(0, 1e9, allow_subnormal=False))


@st.composite
def step_with_launches(draw: st.DrawFn) -> EventTable:
    """Draw launches for some of the device events of a step."""
    rows = sorted(draw(st.sets(st.sampled_from(_DEVICE_ROWS))))
    columns: dict[str, Any] = {"row": rows}
    for shape in ("grid", "block"):
        sizes = [draw(_sizes) for _ in rows]
        columns |= {f"{shape}_{axis}": [size[place] for size in sizes] for place, axis in enumerate("xyz")}
    for name, dtype in DETAIL_COLUMNS.items():
        if name not in columns:
            columns[name] = [draw(_real if dtype.kind == "f" else _whole) for _ in rows]
    return STEP.with_columns(details=launch_details(columns))


def told(details: LaunchDetails) -> list[tuple[Any, ...]]:
    """Return the details row by row, those that say nothing left out; None is not told."""
    columns = [getattr(details, name).tolist() for name in DETAIL_COLUMNS]
    rows = [
        (row, *(None if v == -1 or v != v else v for v in values))
        for row, *values in zip(*columns, strict=True)
    ]
    return [row for row in rows if any(value is not None for value in row[1:])]


def written_rows(trace: dict[str, Any]) -> Counter[str]:
    """Return what the rows of a trace that ran on a device say of launches, as text, how often."""
    return Counter(
        repr(
            (row["name"], float(row["dur"]), [_plain(row["args"][key]) for key in KEYS if key in row["args"]])
        )
        for row in trace["traceEvents"]
        if row.get("ph") == "X" and row.get("cat") in _ON_DEVICE
    )


def _plain(value: Any) -> Any:
    return value if isinstance(value, list) else float(value)


@settings(max_examples=60, deadline=None)
@given(table=step_with_launches())
def test_that_launches_come_back_equal_through_a_recording_and_a_trace(
    table: EventTable, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert told(decode_table(*encode_table(table)).details) == told(table.details)

    path = tmp_path_factory.mktemp("trace") / "trace.json"
    write_chrome_trace(path, recording_of(table), attribute=attribute)
    read = read_chrome_trace(path).table
    assert [(read.name_of(row), values) for row, *values in told(read.details)] == [
        (table.name_of(row), values) for row, *values in told(table.details)
    ]


@real_traces
def test_that_an_opened_trace_written_again_loses_nothing_of_them(real_trace: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.json"
    write_chrome_trace(path, open_trace(real_trace), attribute=attribute)

    original = json.loads(gzip.decompress(real_trace.read_bytes()))
    again = json.loads(path.read_text())
    assert written_rows(again) == written_rows(original)
    assert sum(written_rows(again).values()) > 0


@real_traces
def test_that_a_copy_is_written_with_its_bandwidth(real_trace: Path, tmp_path: Path) -> None:
    path = tmp_path / "again.json"
    write_chrome_trace(path, open_trace(real_trace))
    trace = json.loads(path.read_text(), parse_float=Decimal)
    copies = [row for row in trace["traceEvents"] if row.get("ph") == "X" and "bytes" in row["args"]]

    for row in copies:
        # Bytes a nanosecond are gigabytes a second. torch divides by a time it doesn't write (AMD's is
        # a nanosecond longer, old traces' durations are whole microseconds): these are of the row's own.
        wanted = float(row["args"]["bytes"] / (row["dur"] * 1000))
        assert float(row["args"]["memory bandwidth (GB/s)"]) == pytest.approx(wanted, rel=1e-12)


def test_that_a_kernel_is_written_as_torch_writes_it(tmp_path: Path) -> None:
    row = _DEVICE_ROWS[0]
    columns = {
        "grid_x": [3],
        "grid_y": [2],
        "grid_z": [544],
        "block_x": [256],
        "block_y": [1],
        "block_z": [1],
    }
    numbers = {"registers_per_thread": [122], "shared_memory_bytes": [0], "blocks_per_sm": [30.222221]}
    details = launch_details({"row": [row], **columns, **numbers, "occupancy_percent": [25.0]})
    path = tmp_path / "trace.json"
    write_chrome_trace(path, recording_of(STEP.with_columns(details=details)))

    trace = json.loads(path.read_text(), parse_float=Decimal)
    with_grid = [event for event in trace["traceEvents"] if "grid" in event.get("args", {})]
    assert [event["args"] for event in with_grid] == [
        {
            "External id": 4,
            "device": 0,
            "stream": 7,
            "correlation": 70,
            "registers per thread": 122,
            "shared memory": 0,
            "blocks per SM": Decimal("30.222221"),
            "grid": [3, 2, 544],
            "block": [256, 1, 1],
            "est. achieved occupancy %": 25,
            "Layer": "blocks.0",
        }
    ]


def test_that_a_recording_from_before_launches_opens_and_says_why_it_has_none() -> None:
    head_bytes, body_bytes = encode_table(STEP)
    head = json.loads(zstandard.decompress(head_bytes))
    del head["details"]
    old = decode_table(zstandard.compress(json.dumps(head).encode()), body_bytes)

    assert len(old) == len(STEP)
    assert len(old.details) == 0
    assert "from before" in old.details.unavailable


def test_that_why_there_are_none_is_kept() -> None:
    table = STEP.with_columns(details=replace(STEP.details, unavailable="This torch does not tell."))

    assert decode_table(*encode_table(table)).details.unavailable == "This torch does not tell."
