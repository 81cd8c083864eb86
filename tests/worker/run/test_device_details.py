"""Launches from raw events, whose text is what kineto writes into traces as well."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from engine.wire.kinds import Kind
from engine.wire.launch_columns import LAUNCH_COLUMNS, LAUNCH_PREFIX
from engine.worker.run.columns import StringTable, read_columns
from engine.worker.run.device_details import NOT_TOLD_BY_TORCH, read_device_details

# As libkineto formats a CUDA kernel, a kernel of a CUDA graph, a copy, and AMD's kernel and fill.
CUDA_KERNEL = """
      "queued": 0, "device": 0, "context": 1,
      "stream": 7, "correlation": {},
      "registers per thread": 122,
      "shared memory": 24576,
      "blocks per SM": 30.222221,
      "warps per SM": 241.777771,
      "grid": [3, 2, 544],
      "block": [256, 1, 1],
      "est. achieved occupancy %": 25"""
GRAPH_KERNEL = CUDA_KERNEL + ',\n      "graph id": 5, "graph node id": 21474836481'
NO_SM_KERNEL = CUDA_KERNEL.replace("30.222221", '"inf"').replace('occupancy %": 25', 'occupancy %": -99')
CUDA_COPY = """
      "device": 0, "context": 1,
      "stream": 7, "correlation": {},
      "bytes": 92928, "memory bandwidth (GB/s)": 7.744"""
AMD_KERNEL = (
    '"device": 2, "stream": 0, "correlation": {}, "kind": "Dispatch Kernel", '
    '"grid": [141, 1, 1], "block": [512, 1, 1]'
)
AMD_FILL = '"device": 2, "stream": 0, "correlation": {}, "kind": "Device"'
WHOLE = (3, 2, 544, 256, 1, 1, 122, 24576, 30.222221, 241.777771, 25.0, -1)


@dataclass(frozen=True)
class RawEvent:
    """The part of torch's raw event that is asked here."""

    type: str
    text: str = ""

    def activity_type(self) -> str:
        return self.type

    def metadata_json(self) -> str:
        return self.text


@dataclass(frozen=True)
class SilentEvent:
    """A raw event of a torch whose events don't tell."""

    type: str

    def activity_type(self) -> str:
        return self.type


def kinds(*all_kinds: Kind) -> array[int]:
    return array("b", all_kinds)


def values(columns: dict[str, array[int]], place: int) -> tuple[float | None, ...]:
    found = (columns[LAUNCH_PREFIX + name][place] for name in LAUNCH_COLUMNS)
    return tuple(None if math.isnan(value) else value for value in found)


def test_that_each_device_event_says_its_launch() -> None:
    events = [
        RawEvent("cpu_op"),
        RawEvent("kernel", CUDA_KERNEL.format(1)),
        RawEvent("gpu_memcpy", CUDA_COPY.format(2)),
        RawEvent("concurrent_kernel", GRAPH_KERNEL.format(3)),
        RawEvent("kernel", AMD_KERNEL.format(4)),
    ]
    columns, unavailable = read_device_details(
        events, kinds(Kind.OP, Kind.KERNEL, Kind.MEMCPY, Kind.KERNEL, Kind.KERNEL)
    )

    assert unavailable == ""
    assert columns[LAUNCH_PREFIX + "row"].tolist() == [1, 2, 3, 4]
    assert values(columns, 0) == WHOLE
    assert values(columns, 1) == (-1, -1, -1, -1, -1, -1, -1, -1, None, None, None, 92928)
    assert values(columns, 2) == WHOLE
    assert values(columns, 3) == (141, 1, 1, 512, 1, 1, -1, -1, None, None, None, -1)


def test_that_what_kineto_could_not_work_out_is_not_told() -> None:
    columns, _ = read_device_details([RawEvent("kernel", NO_SM_KERNEL.format(1))], kinds(Kind.KERNEL))

    assert values(columns, 0) == (*WHOLE[:8], None, 241.777771, None, -1)


@pytest.mark.parametrize("text", ["", AMD_FILL.format(1), '"grid": [1, 1', "not json", '"grid": "1"'])
def test_that_an_event_that_says_nothing_has_no_row(text: str) -> None:
    columns, unavailable = read_device_details([RawEvent("gpu_memset", text)], kinds(Kind.MEMSET))

    assert {len(column) for column in columns.values()} == {0}
    assert unavailable == ""


def test_that_rows_count_without_the_events_that_are_left_out() -> None:
    events = [
        RawEvent("gpu_user_annotation"),
        RawEvent("cpu_op"),
        RawEvent("cpu_instant_event"),
        RawEvent("kernel", CUDA_KERNEL.format(1)),
    ]
    columns, _ = read_device_details(events, kinds(Kind.OP, Kind.KERNEL))

    assert columns[LAUNCH_PREFIX + "row"].tolist() == [1]
    assert values(columns, 0) == WHOLE


def test_that_a_torch_whose_events_do_not_tell_is_named_as_the_reason() -> None:
    columns, unavailable = read_device_details(
        [SilentEvent("cpu_op"), SilentEvent("kernel")], kinds(Kind.OP, Kind.KERNEL)
    )

    assert columns == {}
    assert unavailable == NOT_TOLD_BY_TORCH


def test_that_a_window_of_the_cpu_has_no_columns_of_launches_and_no_reason() -> None:
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        torch.randn(8, 8).relu()
    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    columns, _ = read_columns(events, StringTable())

    assert len(columns["kind"]) > 0
    assert read_device_details(events, columns["kind"]) == ({}, "")
