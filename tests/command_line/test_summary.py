"""``summary``: a trace in numbers, against sums made with the standard library alone."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from engine.command_line.dispatch import dispatch
from tests.command_line.plain_sums import kernel_sums, operator_calls, rows_of, span_and_idle_ns

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"
RECORDED = sorted(path.name for path in TRACES.glob("*.json.gz")) or ["none"]

KEYS = (
    "schema",
    "events",
    "kernels",
    "operators",
    "layers",
    "span_us",
    "idle_us",
    "completeness",
)


def no_window(_file: str | None) -> int:
    raise AssertionError("no window was asked for")


def summary(*arguments: str) -> int:
    return dispatch(("summary", *arguments), no_window)


def small_trace() -> list[dict[str, Any]]:
    def row(cat: str, name: str, ts: float, dur: float, tid: int = 1, **args: int) -> dict[str, Any]:
        pid = 0 if "stream" in args else 1
        return {
            "ph": "X",
            "cat": cat,
            "name": name,
            "pid": pid,
            "tid": tid,
            "ts": ts,
            "dur": dur,
            "args": args,
        }

    stream = {"device": 0, "stream": 7}
    return [
        row("user_annotation", "ProfilerStep#3", 0, 100),
        row("user_annotation", "layer:head", 1, 50),
        row("cpu_op", "aten::mm", 2, 20, **{"External id": 5}),
        row("cuda_runtime", "cudaLaunchKernel", 3, 4, correlation=9, **{"External id": 5}),
        row("cuda_runtime", "cudaLaunchKernel", 9, 4, correlation=10, **{"External id": 5}),
        row("kernel", "gemm", 60.001, 10.002, tid=7, correlation=9, **{"External id": 5}, **stream),
        row("kernel", "gemm", 80, 5.5, tid=7, correlation=10, **{"External id": 5}, **stream),
    ]


def written(folder: Path, events: list[dict[str, Any]], name: str = "small.json", **header: Any) -> Path:
    path = folder / name
    path.write_text(json.dumps({**header, "baseTimeNanoseconds": 10**18, "traceEvents": events}))
    return path


def report_of(path: Path, folder: Path) -> Any:
    out = folder / "summary.json"
    assert summary(str(path), "--json", str(out)) == 0
    return json.loads(out.read_text(), parse_constant=pytest.fail)


def test_that_a_summary_is_printed_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = report_of(written(tmp_path, small_trace()), tmp_path)

    assert tuple(key for key in found if key in KEYS) == KEYS
    assert (found["schema"], found["events"], found["steps"]) == (1, 7, 1)
    (gemm,) = found["kernels"]
    assert {key: gemm[key] for key in ("name", "kind", "count", "total_us", "min_us", "max_us")} == {
        "name": "gemm",
        "kind": "kernel",
        "count": 2,
        "total_us": 15.502,
        "min_us": 5.5,
        "max_us": 10.002,
    }
    assert (found["span_us"], found["busy_us"], found["idle_us"]) == (25.499, 15.502, 9.997)
    head = next(row for row in found["layers"] if row["path"] == "head")
    assert (head["forward_us"], head["kernel_count"], head["calls"]) == (15.502, 2, 1)
    assert (head["backward_us"], head["backward_us_unavailable"]) == (None, "there is no backward pass")
    assert found["completeness"]["is_complete"] is True
    output = capsys.readouterr().out
    assert "15.5 µs busy" in output
    assert "head" in output
    assert "2 launches (2 with a kernel)" in output


def test_that_without_a_file_the_json_goes_to_stdout_and_the_tables_to_stderr(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = str(written(tmp_path, small_trace()))
    for arguments in ((path, "--json"), (path, "--json", "-"), ("--json", path)):
        assert summary(*arguments) == 0
        printed = capsys.readouterr()
        assert json.loads(printed.out)["events"] == 7
        assert "gemm" in printed.err


def test_that_a_summary_never_takes_the_place_of_its_trace(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, small_trace())
    before = path.read_bytes()
    assert summary(str(path), "--json", str(path)) == 2
    assert path.read_bytes() == before
    assert "another name" in capsys.readouterr().err


def test_that_a_summary_that_has_nowhere_to_go_is_refused_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, small_trace())
    assert summary(str(path), "--json", str(tmp_path / "gone" / "out.json")) == 2
    printed = capsys.readouterr()
    assert "not there" in printed.err
    assert printed.out == ""


def test_that_a_trace_without_layers_or_device_says_so_instead_of_0(tmp_path: Path) -> None:
    operators = [row for row in small_trace() if row["cat"] == "cpu_op"]
    found = report_of(written(tmp_path, operators), tmp_path)
    for key in ("kernels", "layers", "span_us", "busy_us", "idle_us", "attributed_share"):
        assert found[key] is None
        assert found[f"{key}_unavailable"]
    assert found["completeness"]["is_complete"] is True


def test_that_a_file_cut_off_is_no_complete_profile(tmp_path: Path) -> None:
    path = written(tmp_path, small_trace())
    path.write_text(path.read_text()[:-60])
    found = report_of(path, tmp_path)
    assert found["damage"]
    complete = found["completeness"]
    assert (complete["is_complete"], complete["is_lower_bound"]) == (False, True)
    assert complete["records_dropped"] is None
    assert complete["records_dropped_unavailable"]
    damaged = next(loss for loss in complete["losses"] if loss["kind"] == "file_damaged")
    assert "ends in the middle" in damaged["why"]


def test_that_damaged_rows_are_counted_as_dropped(tmp_path: Path) -> None:
    path = written(tmp_path, small_trace())
    path.write_text(path.read_text().replace('"dur": 4,', '"dur": 4?4,', 1))
    complete = report_of(path, tmp_path)["completeness"]
    assert complete["records_dropped"] == 1
    assert {"records_dropped", "file_damaged"} <= {loss["kind"] for loss in complete["losses"]}


def recorded(name: str) -> Path:
    path = TRACES / name
    if not path.exists():
        pytest.skip("the recorded traces are not on this machine")
    return path


@pytest.mark.parametrize("name", RECORDED)
def test_that_every_kernel_of_a_recorded_trace_is_counted_to_the_nanosecond(
    name: str, tmp_path: Path
) -> None:
    path = recorded(name)
    rows, found = rows_of(path), report_of(path, tmp_path)
    ours = {
        (row["name"], row["kind"]): (
            row["count"],
            *(ns_of(row[f"{key}_us"]) for key in ("total", "min", "max")),
        )
        for row in found["kernels"]
    }
    assert ours == kernel_sums(rows)
    assert (ns_of(found["span_us"]), ns_of(found["idle_us"])) == span_and_idle_ns(rows)
    assert ns_of(found["busy_us"]) + ns_of(found["idle_us"]) == ns_of(found["span_us"])


@pytest.mark.parametrize("name", RECORDED)
def test_that_the_operators_of_a_recorded_trace_are_counted_as_called(name: str, tmp_path: Path) -> None:
    path = recorded(name)
    found = report_of(path, tmp_path)
    assert {row["name"]: row["count"] for row in found["operators"]} == operator_calls(rows_of(path))


@pytest.mark.parametrize("name", RECORDED)
def test_that_the_layers_of_a_recorded_trace_sum_to_its_device_time(name: str, tmp_path: Path) -> None:
    found = report_of(recorded(name), tmp_path)
    if found["layers"] is None:
        assert "layers" in found["layers_unavailable"]
        return
    own_us = sum(row["forward_us"] + (row["backward_us"] or 0.0) for row in found["layers"])
    whole_us = sum(row["total_us"] for row in found["kernels"])
    assert own_us * max(1, found["steps"]) == pytest.approx(whole_us, rel=1e-9)


@pytest.mark.parametrize("name", RECORDED)
def test_that_a_recorded_trace_cut_in_half_is_no_complete_profile(name: str, tmp_path: Path) -> None:
    content = gzip.decompress(recorded(name).read_bytes())
    half = tmp_path / "half.json"
    half.write_bytes(content[: len(content) // 2])
    complete = report_of(half, tmp_path)["completeness"]
    assert complete["is_lower_bound"] is True
    assert "file_damaged" in {loss["kind"] for loss in complete["losses"]}


def ns_of(us: float) -> int:
    return round(us * 1000)
