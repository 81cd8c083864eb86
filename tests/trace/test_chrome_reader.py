"""Trace files of all ages and makers become tables, exact to the nanosecond."""

from __future__ import annotations

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import zstandard

from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.chrome_trace import ChromeTrace
from engine.trace.event_table import EventTable, Kind, Track
from engine.trace.long_work import LongWork, WorkCancelledError
from engine.wire.problem import ProblemError
from tests.trace.chrome_files import BASE_NS, exact_ns, exact_rows, kernel, op, real_traces, trace_text

KIND_OF = {
    "cpu_op": Kind.OP,
    "kernel": Kind.KERNEL,
    "gpu_memcpy": Kind.MEMCPY,
    "gpu_memset": Kind.MEMSET,
    "cuda_runtime": Kind.RUNTIME,
    "cuda_driver": Kind.RUNTIME,
    "user_annotation": Kind.ANNOTATION,
    "python_function": Kind.PYTHON,
    "cuda_sync": Kind.SYNC,
    "overhead": Kind.OVERHEAD,
}


def read(tmp_path: Path, text: str | bytes, name: str = "trace.json") -> ChromeTrace:
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_chrome_trace(path)


@real_traces
def test_that_every_row_of_a_real_trace_is_counted_to_the_nanosecond(real_trace: Path) -> None:
    trace = read_chrome_trace(real_trace)
    base_ns, rows = exact_rows(real_trace)
    expected = Counter(
        (KIND_OF[row["cat"]], row["name"], base_ns + exact_ns(row["ts"]), exact_ns(row["dur"]))
        for row in rows
        if row["cat"] in KIND_OF
    )
    table = trace.table
    names = [table.names[index] for index in table.name.tolist()]
    kinds = [Kind(kind) for kind in table.kind.tolist()]
    rows_read = zip(kinds, names, table.start_ns.tolist(), table.duration_ns.tolist(), strict=True)
    assert Counter(rows_read) == expected
    assert trace.damage == ()
    left_out = sum(trace.left_out[cat] for cat in ("Trace", "gpu_user_annotation") if cat in trace.left_out)
    assert len(table) + left_out == len(rows)
    assert_kernels_add_up(table, [row for row in rows if row["cat"] == "kernel"])


def assert_kernels_add_up(table: EventTable, kernels: list[dict[str, Any]]) -> None:
    is_kernel = table.kind == Kind.KERNEL
    assert is_kernel.sum() == len(kernels) > 0
    assert table.duration_ns[is_kernel].sum() == sum(exact_ns(row["dur"]) for row in kernels)
    streams = Counter((row["args"]["device"], row["args"]["stream"]) for row in kernels)
    tracks = [table.tracks[track] for track in table.track[is_kernel].tolist()]
    assert Counter((track.device, track.resource) for track in tracks) == streams
    correlations = [row["args"]["correlation"] for row in kernels]
    assert table.correlation[is_kernel].tolist() == correlations


@real_traces
def test_that_a_cut_real_trace_gives_what_is_whole(real_trace: Path, tmp_path: Path) -> None:
    whole = read_chrome_trace(real_trace).table
    text = gzip.decompress(real_trace.read_bytes())
    for share in (0.999, 0.6):
        cut = read(tmp_path, text[: int(len(text) * share)])
        assert 0 < len(cut.table) <= len(whole)
        assert cut.damage
        count = len(cut.table)
        assert cut.table.duration_ns.tolist() == whole.duration_ns[:count].tolist()
    packed = real_trace.read_bytes()
    cut = read(tmp_path, packed[: int(len(packed) * 0.8)], "cut.json.gz")
    assert 0 < len(cut.table) < len(whole)
    assert "cut off" in cut.damage[0]


def test_that_a_row_becomes_its_columns(tmp_path: Path) -> None:
    events = (
        op(**{"Sequence number": 12, "Fwd thread id": 0, "External id": 9}),
        {
            **op("cudaLaunchKernel", 2.0, 0.5),
            "cat": "cuda_runtime",
            "args": {"External id": 9, "correlation": 44},
        },
        kernel(correlation=44, **{"External id": 9}),
    )
    table = read(tmp_path, trace_text(*events)).table
    assert table.names == ("aten::mm", "cudaLaunchKernel", "gemm")
    assert table.kind.tolist() == [Kind.OP, Kind.RUNTIME, Kind.KERNEL]
    assert table.start_ns.tolist() == [BASE_NS + 1500, BASE_NS + 2000, BASE_NS + 4001]
    assert table.duration_ns.tolist() == [2250, 500, 3999]
    assert [table.tracks[track] for track in table.track] == [
        Track(5, -1, 7),
        Track(5, -1, 7),
        Track(0, 0, 7),
    ]
    assert table.correlation.tolist() == [9, 44, 44]
    assert table.linked.tolist() == [0, 9, 9]
    assert table.sequence.tolist() == [12, -1, -1]


@pytest.mark.parametrize("ending", [".json", ".json.gz", ".json.zst", ".trace"])
def test_that_packing_is_told_by_content(tmp_path: Path, ending: str) -> None:
    text = trace_text(op(), kernel()).encode()
    for packed in (text, gzip.compress(text), zstandard.compress(text)):
        assert len(read(tmp_path, packed, f"trace{ending}").table) == 2


def test_that_several_packed_members_are_one_file(tmp_path: Path) -> None:
    text = trace_text(op(), kernel()).encode()
    for pack in (gzip.compress, zstandard.compress):
        assert len(read(tmp_path, pack(text[:100]) + pack(text[100:]), "t.gz").table) == 2


def test_that_absolute_decimals_keep_every_nanosecond(tmp_path: Path) -> None:
    starts = ["1695835542514261.001", "1695835542514261.002", "1695835542514261.999"]
    rows = ",".join(
        f'{{"ph":"X","cat":"cpu_op","name":"a","pid":1,"tid":1,"ts":{start},"dur":0.001}}' for start in starts
    )
    table = read(tmp_path, f'{{"traceEvents":[{rows}]}}').table
    assert table.start_ns.tolist() == [int(start.replace(".", "")) for start in starts]
    assert table.duration_ns.tolist() == [1, 1, 1]


def test_that_the_header_may_stand_behind_the_events(tmp_path: Path) -> None:
    text = json.dumps(
        {"traceEvents": [op()], "baseTimeNanoseconds": BASE_NS, "deviceProperties": [{"id": 0}, {"id": 1}]}
    )
    trace = read(tmp_path, text)
    assert trace.table.start_ns.tolist() == [BASE_NS + 1500]
    assert trace.header["deviceProperties"] == [{"id": 0}, {"id": 1}]
    assert trace.damage == ()


def test_that_a_bare_array_is_a_trace(tmp_path: Path) -> None:
    trace = read(tmp_path, json.dumps([op(), kernel()]))
    assert trace.table.start_ns.tolist() == [1500, 4001]
    assert trace.damage == ()


def test_that_a_trace_without_events_is_empty_and_whole(tmp_path: Path) -> None:
    trace = read(tmp_path, trace_text())
    assert len(trace.table) == 0
    assert trace.damage == ()


@pytest.mark.parametrize("mark", [b"\xef\xbb\xbf", b"\n \t"])
def test_that_a_byte_order_mark_or_spaces_may_lead(tmp_path: Path, mark: bytes) -> None:
    assert len(read(tmp_path, mark + trace_text(op()).encode()).table) == 1


def test_that_a_text_of_two_byte_characters_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, trace_text(op("名字")).encode("utf-16")).table.names == ("名字",)


def test_that_bare_quotes_in_a_name_are_read(tmp_path: Path) -> None:
    broken = trace_text(op(), op("NAME", 5, 1), op("after")).replace("NAME", 'say "hi", "you"')
    trace = read(tmp_path, broken)
    names = [trace.table.name_of(row) for row in range(3)]
    assert names == ["aten::mm", 'say "hi", "you"', "after"]
    assert trace.damage == ()


def test_that_names_may_hold_anything(tmp_path: Path) -> None:
    odd = ["tab\tand\x01", "名字 \U0001f600", "lone \ud800", 'quoted "x" \\ {} }, {', "x" * 5160, ""]
    trace = read(tmp_path, trace_text(*[op(name) for name in odd]))
    assert [trace.table.name_of(row) for row in range(len(odd))] == odd
    raw = trace_text(op("RAW")).encode().replace(b"RAW", b"raw\ttab \xff byte")
    assert read(tmp_path, raw).table.names == ("raw\ttab � byte",)


def test_that_not_a_number_is_absent(tmp_path: Path) -> None:
    nan = float("nan")
    text = trace_text(op(), kernel(bandwidth=nan), op(ts=nan), kernel(correlation=nan, inf=float("inf")))
    trace = read(tmp_path, text)
    assert trace.table.duration_ns.tolist() == [2250, 3999, 3999]
    assert trace.table.correlation.tolist() == [1, 3, 0]
    assert trace.left_out == {"without a start": 1}


def test_that_ids_may_be_words_or_numbers_in_quotes(tmp_path: Path) -> None:
    rows = [
        {**op(), "pid": pid, "tid": tid} for pid, tid in (("Spans", "a"), ("", 1), ("12", "34"), (12, 34))
    ]
    table = read(tmp_path, trace_text(*rows, kernel(stream="7", device="0"))).table
    assert len(table) == 5
    assert len(set(table.track.tolist())) == 4
    assert table.tracks[int(table.track[2])] == Track(12, -1, 34)
    assert table.tracks[int(table.track[4])] == Track(0, 0, 7)


def test_that_rows_that_only_repeat_others_are_left_out_and_counted(tmp_path: Path) -> None:
    repeated = {**kernel(), "cat": "gpu_user_annotation"}
    span = {**op(), "cat": "Trace", "pid": "Spans"}
    trace = read(tmp_path, trace_text(op(), repeated, span, {"ph": "M", "name": "process_name", "pid": 1}))
    assert len(trace.table) == 1
    assert trace.left_out == {"gpu_user_annotation": 1, "Trace": 1}


def test_that_an_op_with_a_stream_is_no_kernel(tmp_path: Path) -> None:
    table = read(tmp_path, trace_text(op("triton_fused", stream=7))).table
    assert table.kind.tolist() == [Kind.OP]
    assert not table.tracks[0].is_stream


def test_that_nested_arguments_confuse_nobody(tmp_path: Path) -> None:
    nested = {"a": [{"b": {}}, {"c": "}, {"}], "d": "]}"}
    events = [op(f"op{n}", deep=[nested, nested]) for n in range(200)]
    trace = read(tmp_path, trace_text(*events))
    assert list(trace.table.names) == [f"op{n}" for n in range(200)]
    assert trace.damage == ()


def test_that_one_damaged_row_costs_only_itself(tmp_path: Path) -> None:
    events = [op(f"op{n}") for n in range(500)]
    text = trace_text(*events).replace('"op250"', '"op250" garbage')
    trace = read(tmp_path, text)
    assert set(trace.table.names) == {f"op{n}" for n in range(500)} - {"op250"}
    assert "1 rows are damaged" in trace.damage[0]


def test_that_old_links_that_repeat_the_correlation_are_not_believed(tmp_path: Path) -> None:
    launch = {**op("cudaLaunchKernel", 2.0, 0.5), "cat": "cuda_runtime"}
    rows = [
        op(ts=1, dur=5, **{"External id": 7}),
        op("aten::add", ts=10, dur=5, **{"External id": 8}),
        {**launch, "args": {"External id": 8, "correlation": 8}},
        kernel(correlation=8, **{"External id": 8}),
    ]
    assert read(tmp_path, trace_text(*rows)).table.linked.tolist() == [0, 0, 0, 0]


def test_that_the_forward_thread_is_found_by_its_sequence_numbers(tmp_path: Path) -> None:
    forward = [op(f"f{n}", ts=n, dur=0.5, **{"Sequence number": n, "Fwd thread id": 0}) for n in range(5)]
    backward = [
        {**op(f"b{n}", ts=20 + n, dur=0.5, **{"Sequence number": n, "Fwd thread id": 3}), "tid": 8}
        for n in range(5)
    ]
    table = read(tmp_path, trace_text(*forward, *backward)).table
    assert table.thread.tolist() == [3] * 5 + [0] * 5
    assert table.forward_thread.tolist() == [0] * 5 + [3] * 5


def test_that_ranges_of_layers_are_the_layers(tmp_path: Path) -> None:
    rows = [
        {**op(f"layer:{path}", ts=ts), "cat": "user_annotation"}
        for path, ts in (("b.0", 5), ("", 1), ("b.0", 9))
    ]
    assert read(tmp_path, trace_text(*rows)).table.layers == ("", "b.0")


def test_that_memory_is_read_of_the_device_first(tmp_path: Path) -> None:
    def memory(ts: float, device_type: int, allocated: int) -> dict[str, object]:
        args = {"Total Allocated": allocated, "Total Reserved": 2 * allocated, "Device Type": device_type}
        return {"ph": "i", "cat": "cpu_instant_event", "name": "[memory]", "ts": ts, "args": args}

    trace = read(tmp_path, trace_text(memory(2, 1, 20), memory(1, 1, 10), memory(1.5, 0, 5)))
    assert [(s.time_ns - BASE_NS, s.allocated_bytes, s.reserved_bytes) for s in trace.memory] == [
        (1000, 10, 20),
        (2000, 20, 40),
    ]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (b"  \n", "is empty"),
        (b"{}", "holds no trace events"),
        (b'{"variants": []}', "holds no trace events"),
        (b"\x00\x01\x02binary", "holds no trace events"),
        (b"SQLite format 3\0", "holds no trace events"),
        (gzip.compress(b"{}", mtime=0), "holds no trace events"),
        (b'{"traceEvents": [{"ph": "X", "na', "Nothing of this trace is whole"),
        (b'{"traceEvents": [', "Nothing of this trace is whole"),
    ],
)
def test_that_what_is_no_trace_says_so(tmp_path: Path, content: bytes, what: str) -> None:
    with pytest.raises(ProblemError, match=what) as caught:
        read(tmp_path, content)
    assert caught.value.problem.where == str(tmp_path / "trace.json")
    assert caught.value.problem.hint


def test_that_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="can't be opened"):
        read_chrome_trace(tmp_path / "none.json")


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_that_reading_tells_how_far_it_is_and_can_be_called_off(tmp_path: Path, pack: type[bytes]) -> None:
    path = tmp_path / "t.json"
    path.write_bytes(pack(trace_text(*[op(f"op{n}") for n in range(20000)]).encode()))
    seen: list[float] = []
    read_chrome_trace(path, LongWork(seen.append))
    assert len(seen) > 3
    assert seen == sorted(seen)
    assert 0 <= seen[0] <= seen[-1] <= 1
    calls = iter([False, False, True])
    with pytest.raises(WorkCancelledError):
        read_chrome_trace(path, LongWork(is_cancelled=lambda: next(calls)))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such file")
def test_that_a_file_that_may_not_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="can't be opened"):
        read_chrome_trace(tmp_path)
