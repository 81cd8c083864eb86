"""Chrome traces for tests: written by hand, and the real ones where they are present."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

SHARED_TRACES = Path(__file__).parents[3] / "shared" / "traces"
real_traces = pytest.mark.parametrize(
    "real_trace",
    [pytest.param(path, id=path.name.partition(".")[0]) for path in sorted(SHARED_TRACES.glob("*.json.gz"))]
    or [pytest.param(None, marks=pytest.mark.skip(reason=f"there are no traces in {SHARED_TRACES}"))],
)

BASE_NS = 1_790_000_000_000_000_000


def op(name: str = "aten::mm", ts: float | str = 1.5, dur: float | str = 2.25, **args: Any) -> dict[str, Any]:
    """Return a CPU op on thread 7 of process 5."""
    return {
        "ph": "X", "cat": "cpu_op", "name": name, "pid": 5, "tid": 7, "ts": ts, "dur": dur,
        "args": {"External id": 1, "Ev Idx": 0, **args},
    }  # fmt: skip


def kernel(name: str = "gemm", ts: float = 4.001, dur: float = 3.999, **args: Any) -> dict[str, Any]:
    """Return a kernel on stream 7 of device 0."""
    return {
        "ph": "X", "cat": "kernel", "name": name, "pid": 0, "tid": 7, "ts": ts, "dur": dur,
        "args": {"External id": 1, "device": 0, "stream": 7, "correlation": 3, "grid": [1, 1, 1], **args},
    }  # fmt: skip


def trace_text(*events: dict[str, Any], **header: Any) -> str:
    """Return a trace file with the given events."""
    keys = {"schemaVersion": 1, "baseTimeNanoseconds": BASE_NS, **header}
    return json.dumps({**keys, "traceEvents": list(events), "traceName": "x.json"})


def exact_rows(path: Path) -> tuple[int, list[dict[str, Any]]]:
    """Return base time and "X" rows of a real trace, read by another parser with exact decimals."""
    trace = json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)
    rows = [row for row in trace["traceEvents"] if row.get("ph") == "X"]
    return int(trace.get("baseTimeNanoseconds", 0)), rows


def exact_ns(microseconds: int | Decimal) -> int:
    """Return whole nanoseconds; fail if there are parts of one."""
    nanoseconds = Decimal(microseconds) * 1000
    assert nanoseconds == nanoseconds.to_integral_value()
    return int(nanoseconds)
