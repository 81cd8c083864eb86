"""A trace file summed up with nothing but the standard library: what `summary` has to agree with."""

from __future__ import annotations

import gzip
import json
from collections import Counter, defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

DEVICE = {"kernel": "kernel", "gpu_memcpy": "memcpy", "gpu_memset": "memset"}
# Rows that stand on a thread, in whose nesting operators lie.
ON_THREAD = {"cpu_op", "user_annotation", "python_function", "cuda_runtime", "cuda_driver", "overhead"}

Row = dict[str, Any]


def rows_of(path: Path) -> list[Row]:
    """Return the file's complete events, times as exact decimals."""
    document = json.loads(gzip.decompress(path.read_bytes()), parse_float=Decimal)
    return [row for row in document["traceEvents"] if row.get("ph") == "X" and "ts" in row]


def ns(microseconds: Decimal | int) -> int:
    """Return whole nanoseconds."""
    return int((Decimal(microseconds) * 1000).to_integral_value())


def kernel_sums(rows: list[Row]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Return count, total, least and most in ns by name and kind."""
    durations: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.get("cat") in DEVICE:
            durations[row["name"], DEVICE[row["cat"]]].append(ns(row["dur"]))
    return {key: (len(found), sum(found), min(found), max(found)) for key, found in durations.items()}


def span_and_idle_ns(rows: list[Row]) -> tuple[int, int]:
    """Return the time from the first device event to the end of the last, and what of it is idle."""
    spans = sorted(
        (ns(row["ts"]), ns(row["ts"]) + ns(row["dur"])) for row in rows if row.get("cat") in DEVICE
    )
    idle, end = 0, spans[0][0]
    for start, stop in spans:
        idle += max(0, start - end)
        end = max(end, stop)
    return end - spans[0][0], idle


def operator_calls(rows: list[Row]) -> Counter[str]:
    """Return how often each operator was called: with its like alone inside, it is one call."""
    threads: dict[tuple[Any, Any], list[Row]] = defaultdict(list)
    for row in rows:
        if row.get("cat") in ON_THREAD:
            threads[row["pid"], row["tid"]].append(row)
    calls: Counter[str] = Counter()
    for on_thread in threads.values():
        calls += _calls_on_thread(on_thread)
    return calls


def _calls_on_thread(rows: list[Row]) -> Counter[str]:
    inner: dict[int, list[Row]] = defaultdict(list)
    stack: list[tuple[int, Row]] = []
    for start, _, row in sorted(
        ((ns(r["ts"]), -ns(r.get("dur", 0)), r) for r in rows), key=lambda key: key[:2]
    ):
        while stack and stack[-1][0] <= start:
            stack.pop()
        if stack:
            inner[id(stack[-1][1])].append(row)
        stack.append((start + max(1, ns(row.get("dur", 0))), row))
    operators = [row for row in rows if row["cat"] == "cpu_op"]
    repeated = [
        row["name"]
        for row in operators
        if [(only["cat"], only["name"]) for only in inner[id(row)]] == [("cpu_op", row["name"])]
    ]
    return Counter(row["name"] for row in operators) - Counter(repeated)
