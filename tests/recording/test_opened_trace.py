"""A trace file gets every view that a run gets."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.run_analysis import RunAnalysis
from engine.analysis.trace_summary import summarize_trace
from engine.recording.opened_trace import open_trace
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import Kind
from engine.trace.long_work import LongWork, WorkCancelledError
from engine.trace.step_table import StepFlag
from tests.trace.chrome_files import kernel, op, real_traces, trace_text


@real_traces
def test_that_the_kernel_time_of_a_real_trace_arrives_in_the_summary(real_trace: Path) -> None:
    recording = open_trace(real_trace)
    analysis = RunAnalysis(recording.models)
    for index in range(recording.window_count):
        analysis.add_window(recording.window(index))
    (variant,) = analysis.summary(recording.steps(), None).variants
    table = read_chrome_trace(real_trace).table
    device_us = int(table.duration_ns[table.is_device].sum()) / 1000
    assert variant.measured_on == "device"
    assert sum(row.total_us for row in variant.kernels) == pytest.approx(device_us, rel=1e-9)
    assert sum(row.own_us for row in variant.layers) == pytest.approx(variant.total_us, rel=1e-6)


@real_traces
def test_that_modules_of_a_real_trace_are_its_layers(real_trace: Path) -> None:
    table = read_chrome_trace(real_trace).table
    modules = {name for name in table.names if name.startswith("nn.Module: ")}
    recording = open_trace(real_trace)
    paths = recording.models[0].layer_paths
    assert paths[0] == ""
    assert len(paths) in ((len(modules), len(modules) + 1) if modules else (1,))
    assert len(set(paths)) == len(paths)
    parts = [recording.window(index).table for index in range(recording.window_count)]
    kernels = sum(int((part.kind == Kind.KERNEL).sum()) for part in parts)
    assert kernels == (table.kind == Kind.KERNEL).sum()


def test_that_profiler_steps_are_steps_that_never_count_as_timed(tmp_path: Path) -> None:
    path = tmp_path / "my.trace.json"
    steps = [{**op(f"ProfilerStep#{n}", ts=10 * n, dur=9), "cat": "user_annotation"} for n in (4, 3, 5)]
    path.write_text(trace_text(*steps, op(ts=31), kernel(ts=33)))
    recording = open_trace(path)
    assert recording.models[0].name == "my"
    assert recording.models[0].device == "cuda:0"
    assert recording.steps().step.tolist() == [3, 4, 5]
    assert recording.steps().duration_ns.tolist() == [9000] * 3
    assert np.all(recording.steps().flags == StepFlag.PROFILED)
    windows = [recording.window(index) for index in range(recording.window_count)]
    assert [(window.first_step, window.step_count) for window in windows] == [(3, 1), (4, 1), (5, 1)]
    assert [len(window.table) for window in windows] == [3, 1, 1]
    assert recording.ending is not None
    assert recording.ending.outcome == "completed"


def test_that_a_late_kernel_belongs_to_the_step_that_launched_it(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    steps = [{**op(f"ProfilerStep#{n}", ts=10 * n, dur=9), "cat": "user_annotation"} for n in (1, 2)]
    launch = {**op("cudaLaunchKernel", ts=18, dur=1, correlation=3), "cat": "cuda_runtime"}
    path.write_text(trace_text(*steps, launch, kernel("early", ts=1, correlation=9), kernel("late", ts=25)))
    first, second = (open_trace(path).window(index).table for index in range(2))
    assert [first.name_of(row) for row in range(len(first))][1:] == ["cudaLaunchKernel", "early", "late"]
    assert len(second) == 1


def test_that_memory_and_header_come_along(tmp_path: Path) -> None:
    memory = {
        "ph": "i",
        "name": "[memory]",
        "ts": 1,
        "args": {"Total Allocated": 5, "Total Reserved": 9, "Device Type": 1},
    }
    path = tmp_path / "t.json"
    path.write_text(trace_text(op(), memory, deviceProperties=[{"id": 0, "name": "NVIDIA H100"}]))
    recording = open_trace(path)
    assert [sample.allocated_bytes for sample in recording.memory()] == [5]
    assert recording.environment["trace"]["deviceProperties"][0]["name"] == "NVIDIA H100"


def test_that_damage_of_the_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(trace_text(*[op(f"op{n}") for n in range(50)])[:3000])
    recording = open_trace(path)
    assert len(recording.window(0).table) > 5
    assert recording.damage


def test_that_a_header_of_somebody_else_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    for odd in (7, {"models": 3}, {"models": [], "windows": []}, {"models": [{"name": "a"}]}):
        path.write_text(json.dumps({"layerscope": odd, "traceEvents": [op()]}))
        assert len(open_trace(path).window(0).table) == 1


def test_that_a_trace_without_device_records_keeps_the_machines_device(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(trace_text(op(), deviceProperties=[{"id": 0, "name": "NVIDIA H100"}]))
    assert open_trace(path).models[0].device == "cuda:0"
    path.write_text(trace_text(op()))
    assert open_trace(path).models[0].device == "cpu"


@real_traces
def test_that_ranges_that_were_added_are_not_counted_as_events(real_trace: Path) -> None:
    recording = open_trace(real_trace)
    analysis = RunAnalysis(recording.models)
    windows = [analysis.add_window(recording.window(index)) for index in range(recording.window_count)]
    events = sum(window.completeness.events for window in windows)
    assert events == len(read_chrome_trace(real_trace).table)


def test_that_opening_can_be_called_off(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(trace_text(op()))
    with pytest.raises(WorkCancelledError):
        open_trace(path, LongWork(is_cancelled=lambda: True))


def test_that_kernels_queued_before_the_first_step_stay_out_of_the_steps_that_ran_meanwhile(
    tmp_path: Path,
) -> None:
    """A stream works in order: what runs before a kernel of the first step was launched before it."""
    path = tmp_path / "t.json"
    steps = [{**op(f"ProfilerStep#{n}", ts=10 * n, dur=9), "cat": "user_annotation"} for n in (1, 2)]
    launch = {**op("cudaLaunchKernel", ts=18, dur=1, correlation=3), "cat": "cuda_runtime"}
    unseen = [
        kernel("unseen", ts=21, dur=2, correlation=9),
        kernel("elsewhere", ts=22, correlation=8, stream=9),
    ]
    path.write_text(trace_text(*steps, launch, *unseen, kernel("of the first", ts=25)))
    first, second = (open_trace(path).window(index).table for index in range(2))
    assert {first.name_of(row) for row in range(len(first))} >= {"unseen", "of the first"}
    assert {second.name_of(row) for row in range(len(second))} == {"ProfilerStep#2", "elsewhere"}


@real_traces
def test_that_steps_opened_one_by_one_make_the_breakdown_of_the_whole_trace(real_trace: Path) -> None:
    recording = open_trace(real_trace)
    analysis = RunAnalysis(recording.models)
    for index in range(recording.window_count):
        analysis.add_window(recording.window(index))
    found = analysis.summary(recording.steps(), None).variants[0].breakdown
    whole = summarize_trace(read_chrome_trace(real_trace).table).breakdown
    assert found is not None
    assert whole is not None
    assert (found.basis, found.steps, found.wall_us) == (whole.basis, whole.steps, whole.wall_us)
    assert {part.name: part.us for part in found.parts} == pytest.approx(
        {part.name: part.us for part in whole.parts}
    )


def test_that_time_that_belongs_to_no_step_is_told_beside_the_total(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    step = {**op("ProfilerStep#1", ts=10, dur=9), "cat": "user_annotation"}
    launch = {**op("cudaLaunchKernel", ts=12, dur=1, correlation=3), "cat": "cuda_runtime"}
    queued_before = kernel("queued before", ts=11, dur=4, correlation=9, **{"External id": 0})
    own = kernel("of the step", ts=16, dur=2, correlation=3)
    path.write_text(trace_text(step, launch, queued_before, own))
    recording = open_trace(path)
    analysis = RunAnalysis(recording.models)
    analysis.add_window(recording.window(0))
    (found,) = analysis.summary(recording.steps()).variants

    assert (found.total_us, found.stepless_us) == (6.0, 4.0)


def test_that_a_trace_does_not_claim_that_its_layers_have_no_parameters(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text(trace_text(op(ts=31)))

    assert [layer.parameter_count for layer in open_trace(path).models[0].layers] == [None]
