"""Exported traces are what torch would have written, and come back as they were."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given, settings

from engine.analysis.attribution import attribute
from engine.analysis.profile_completeness import window_completeness
from engine.recording.chrome_writer import write_chrome_trace
from engine.recording.opened_trace import open_trace
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import EventTable, Kind
from engine.trace.long_work import LongWork, WorkCancelledError
from engine.trace.window import ProfilerAccount
from engine.wire.problem import ProblemError
from tests.recording.tables import LAYERS, START_NS, STEP, recording_of, row, rows_of, table_of, tables
from tests.trace.chrome_files import real_traces

ROOT = Path(__file__).parents[2]


def written(tmp_path: Path, *all_tables: EventTable, **options: Any) -> dict[str, Any]:
    path = tmp_path / "trace.json"
    write_chrome_trace(path, recording_of(*all_tables), **options)
    trace: dict[str, Any] = json.loads(path.read_text(), parse_float=Decimal)
    return trace


def events(trace: dict[str, Any], **fields: object) -> list[dict[str, Any]]:
    return [row for row in trace["traceEvents"] if fields.items() <= row.items()]


@settings(max_examples=60, deadline=None)
@given(table=tables)
def test_that_any_table_comes_back_equal(table: EventTable, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("trace") / "trace.json"
    write_chrome_trace(path, recording_of(table))
    read = read_chrome_trace(path)
    assert read.damage == ()
    assert rows_of(read.table) == rows_of(table)


@real_traces
def test_that_a_real_trace_nests_and_comes_back_equal(real_trace: Path, tmp_path: Path) -> None:
    original = open_trace(real_trace)
    path = tmp_path / "again.json"
    write_chrome_trace(path, original)
    trace = json.loads(path.read_text(), parse_float=Decimal)
    assert_nested(trace)
    again = open_trace(path)
    assert again.window_count == original.window_count
    for index in range(original.window_count):
        # Ids of later windows are moved, so that no two windows share one.
        left_out = ("correlation", "linked") if index else ()
        table = original.window(index).table
        assert rows_of(again.window(index).table, *left_out) == rows_of(table, *left_out)
    kernels = (read_chrome_trace(real_trace).table.kind == Kind.KERNEL).sum()
    assert len(events(trace, cat="kernel")) == kernels
    assert again.steps().step.tolist() == original.steps().step.tolist()


def test_that_rows_are_written_as_torch_writes_them(tmp_path: Path) -> None:
    trace = written(tmp_path, STEP)
    (kernel,) = events(trace, cat="kernel", dur=Decimal("12.345"))
    assert (kernel["ph"], kernel["pid"], kernel["tid"], kernel["name"]) == ("X", 0, 7, "gemm")
    assert kernel["args"] == {
        "External id": 4,
        "device": 0,
        "stream": 7,
        "correlation": 70,
        "Layer": "blocks.0",
    }
    assert trace["baseTimeNanoseconds"] + kernel["ts"] * 1000 == START_NS + 8_000
    (backward,) = events(trace, cat="cpu_op", name="MmBackward0")
    assert backward["args"]["Sequence number"] == 9
    assert backward["args"]["Fwd thread id"] == 1
    assert (backward["pid"], backward["tid"]) == (5, 8)
    assert Counter(row["cat"] for row in events(trace, ph="X")) == {
        "user_annotation": 2, "cpu_op": 4, "cuda_runtime": 1, "cuda_driver": 1, "kernel": 2, "gpu_memset": 1,
    }  # fmt: skip
    assert [row["name"] for row in events(trace, cat="user_annotation")] == [
        "ProfilerStep#3",
        "layer:blocks.0",
    ]


def test_that_flows_lead_from_launch_to_kernel_and_from_forward_to_backward(tmp_path: Path) -> None:
    trace = written(tmp_path, STEP)
    launches = events(trace, cat="ac2g")
    assert [(row["ph"], row["id"], row["pid"]) for row in launches] == [
        ("s", 70, 5), ("s", 71, 5), ("f", 70, 0), ("f", 71, 0),
    ]  # fmt: skip
    start, end = events(trace, cat="fwdbwd")
    assert (start["ph"], end["ph"], start["id"]) == ("s", "f", end["id"])
    (linear,) = events(trace, name="aten::linear")
    (backward,) = events(trace, name="MmBackward0")
    assert (start["ts"], start["tid"]) == (linear["ts"], linear["tid"])
    assert (end["ts"], end["tid"], end["bp"]) == (backward["ts"], backward["tid"], "e")


def test_that_processes_threads_and_streams_are_named_once(tmp_path: Path) -> None:
    trace = written(tmp_path, STEP, STEP.with_columns(start_ns=STEP.start_ns + 1_000_000))
    rows = events(trace, ph="M", name="thread_name")
    names = [(row["pid"], row["tid"], row["args"]["name"]) for row in rows]
    assert sorted(names) == [(0, 7, "stream 7"), (5, 7, "thread 7 (python)"), (5, 8, "thread 8 (python)")]
    labels = {row["pid"]: row["args"]["labels"] for row in events(trace, ph="M", name="process_labels")}
    assert labels == {0: "GPU 0", 5: "CPU"}


def test_that_attribution_names_the_layers(tmp_path: Path) -> None:
    plain = STEP.with_columns(layer=STEP.layer * 0 - 1)
    trace = written(tmp_path, plain, attribute=lambda table: table.with_columns(layer=table.layer * 0 + 1))
    assert {row["args"]["Layer"] for row in events(trace, ph="X")} == {LAYERS[1]}
    assert all("Layer" not in row["args"] for row in events(written(tmp_path, plain), ph="X"))


def test_that_ranges_are_drawn_over_the_kernels_launched_inside(tmp_path: Path) -> None:
    trace = written(tmp_path, STEP, attribute=attribute)
    ranges = events(trace, cat="gpu_user_annotation")
    assert [row["name"] for row in ranges] == ["ProfilerStep#3", "layer:blocks.0"]
    assert [(row["pid"], row["tid"], row["args"]["External id"]) for row in ranges] == [(0, 7, 1), (0, 7, 2)]
    first, second = events(trace, cat="kernel")
    span = (first["ts"], second["ts"] + second["dur"] - first["ts"])
    assert {(drawn["ts"], drawn["dur"]) for drawn in ranges} == {span}
    assert_nested(trace)
    assert len(read_chrome_trace(tmp_path / "trace.json").table) == len(STEP)


def overlapping() -> EventTable:
    kernels = [(0, 1000), (900, 1000), (1800, 100), (2000, 500), (2100, 500), (2200, 700), (5000, 10)]
    ops = [(0, 100), (50, 100), (60, 20), (120, 100)]
    return table_of(
        [
            row("k", Kind.KERNEL, start, dur, track=2, correlation=n + 1)
            for n, (start, dur) in enumerate(kernels)
        ]
        + [row("p", Kind.PYTHON, start, dur, track=0) for start, dur in ops]
    )


def test_that_slices_of_one_track_always_nest(tmp_path: Path) -> None:
    trace = written(tmp_path, overlapping())
    assert_nested(trace)
    kernels = events(trace, cat="kernel")
    assert len(kernels) == 7
    assert {row["args"]["stream"] for row in kernels} == {7}
    assert len({row["tid"] for row in kernels}) == 3
    assert rows_of(read_chrome_trace(tmp_path / "trace.json").table) == rows_of(overlapping())


def assert_nested(trace: dict[str, Any]) -> None:
    tracks: dict[tuple[int, int], list[tuple[Decimal, Decimal]]] = defaultdict(list)
    for slice_ in events(trace, ph="X"):
        tracks[slice_["pid"], slice_["tid"]].append((slice_["ts"], slice_["ts"] + slice_["dur"]))
    for slices in tracks.values():
        stack: list[Decimal] = []
        for start, end in sorted(slices, key=lambda slice_: (slice_[0], -slice_[1])):
            while stack and stack[-1] <= start:
                stack.pop()
            assert not stack or end <= stack[-1]
            stack.append(end)


def test_that_several_windows_keep_their_ids_apart(tmp_path: Path) -> None:
    trace = written(tmp_path, STEP, STEP.with_columns(start_ns=STEP.start_ns + 1_000_000))
    kernels = events(trace, cat="kernel")
    assert len({row["args"]["correlation"] for row in kernels}) == 4
    for kernel in kernels:
        (launch,) = [
            row for row in events(trace, ph="s", cat="ac2g") if row["id"] == kernel["args"]["correlation"]
        ]
        (op,) = [
            row
            for row in events(trace, cat="cpu_op")
            if row["args"]["External id"] == kernel["args"]["External id"]
        ]
        assert op["name"] == "aten::mm"
        assert op["ts"] <= launch["ts"] <= op["ts"] + op["dur"]
    assert len({row["id"] for row in events(trace, ph="s", cat="fwdbwd")}) == 2


def test_that_an_exported_recording_opens_as_the_run_that_it_was(tmp_path: Path) -> None:
    windows = [STEP.with_columns(start_ns=STEP.start_ns + 1_000_000 * n) for n in range(3)]
    original = recording_of(*windows)
    write_chrome_trace(tmp_path / "run.json.gz", original)
    opened = open_trace(tmp_path / "run.json.gz")
    assert opened.models == original.models
    assert [variant.name for variant in opened.experiment.variants] == ["custom", "built-in"]
    assert opened.window_count == 3
    for index in range(3):
        ours, theirs = opened.window(index), original.window(index)
        assert (ours.variant, ours.first_step, ours.start_ns) == (
            theirs.variant,
            theirs.first_step,
            theirs.start_ns,
        )
        assert ours.table.layers == LAYERS
        left_out = ("correlation", "linked", "variant")
        layerless = theirs.table.with_columns(layer=theirs.table.layer * 0 - 1)
        assert rows_of(ours.table, *left_out) == rows_of(layerless, *left_out)


def test_that_what_the_worker_said_of_its_profiler_is_exported_too(tmp_path: Path) -> None:
    account = ProfilerAccount(records=len(STEP) + 3, left_out=1, step_clock="device events", warnings=("W",))
    recording = recording_of(STEP)
    exported = recording_of()
    exported.append_window(replace(recording.window(0), profiler=account))
    write_chrome_trace(tmp_path / "run.json", exported)
    opened = open_trace(tmp_path / "run.json").window(0)
    assert opened.profiler == account
    assert window_completeness(opened, "cuda:0").records_dropped == 2


def test_that_one_chosen_window_is_written_alone(tmp_path: Path) -> None:
    trace = written(tmp_path, STEP, overlapping(), windows=[1])
    assert len(events(trace, cat="kernel")) == 7
    assert not events(trace, cat="user_annotation")


def test_that_names_stay_valid_json(tmp_path: Path) -> None:
    names = [
        'say "hi"',
        "tab\t and \x00\x1f",
        "名字 \U0001f600",
        "lone \ud800",
        "back\\slash",
        "x" * 6000,
        "",
    ]
    table = table_of([row(name, Kind.OP, n * 10, 5) for n, name in enumerate(names)])
    trace = written(tmp_path, table)
    assert [row["name"] for row in events(trace, ph="X")] == names
    assert (tmp_path / "trace.json").read_bytes().isascii()


@pytest.mark.parametrize("ending", ["json", "json.gz", "json.zst", "JSON.GZ"])
def test_that_the_name_says_how_it_is_packed(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"trace.{ending}"
    write_chrome_trace(path, recording_of(STEP))
    content = path.read_bytes()
    match ending.lower().rpartition(".")[2]:
        case "gz":
            content = gzip.decompress(content)
        case "zst":
            content = zstandard.ZstdDecompressor().stream_reader(content).read()
    assert len(json.loads(content)["traceEvents"]) > len(STEP)
    assert list(tmp_path.iterdir()) == [path]


def test_that_an_empty_recording_has_nothing_to_export(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="no profile window"):
        write_chrome_trace(tmp_path / "t.json", recording_of())
    assert list(tmp_path.iterdir()) == []


def test_that_calling_it_off_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.json"
    path.write_text("old")
    seen: list[float] = []

    def is_cancelled() -> bool:
        return len(seen) >= 3

    with pytest.raises(WorkCancelledError):
        write_chrome_trace(path, recording_of(*[STEP] * 20), work=LongWork(seen.append, is_cancelled))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    write_chrome_trace(path, recording_of(*[STEP] * 20), work=LongWork(seen.append))
    assert seen[-1] == 1.0
    assert seen[3:] == sorted(seen[3:])


def test_that_folders_that_are_missing_or_in_the_way_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "t.json", tmp_path):
        with pytest.raises(ProblemError, match="can't be written") as caught:
            write_chrome_trace(path, recording_of(STEP))
        assert caught.value.problem.where == str(path)
        assert "Nothing was left behind" in caught.value.problem.hint
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder in which nobody may write")
def test_that_a_folder_without_permission_is_named() -> None:
    with pytest.raises(ProblemError, match=r"Permission denied|Read-only") as caught:
        write_chrome_trace(Path("/sys/t.json"), recording_of(STEP))
    assert "Choose a folder" in caught.value.problem.hint or "read-only" in caught.value.problem.hint


FULL_DISK = """
import resource, sys
from pathlib import Path
from engine.recording.chrome_writer import write_chrome_trace
from engine.wire.problem import ProblemError
from tests.recording.tables import STEP, recording_of

resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
try:
    write_chrome_trace(Path(sys.argv[1]), recording_of(*[STEP] * 300))
except ProblemError as error:
    print(error.problem)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("ending", ["json", "json.gz"])
def test_that_a_full_disk_leaves_no_half_file(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"t.{ending}"
    path.write_text("old")
    command: Sequence[str] = [sys.executable, "-W", "error", "-c", FULL_DISK, str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "can't be written" in done.stdout
    assert str(path) in done.stdout
    assert done.stderr == ""
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
