"""Trace files read anew, in plain Python: rows, stacks and dictionaries instead of columns."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

DEVICE = {"kernel": "kernel", "gpu_memcpy": "memcpy", "gpu_memset": "memset"}
_NOT_ON_THREADS = {"Trace", "gpu_user_annotation", *DEVICE}


@dataclass
class Row:
    """One row of a trace, its times in ns, and the rows directly inside it."""

    name: str
    category: str
    start: int
    end: int
    args: dict[str, Any]
    place: tuple[Any, Any]
    outer: Row | None = None
    inner: list[Row] = field(default_factory=list)

    @property
    def self_ns(self) -> int:
        """Duration without what is directly inside."""
        return max(0, self.end - self.start - sum(min(row.end, self.end) - row.start for row in self.inner))

    @property
    def is_repeat(self) -> bool:
        """Whether an op is the only thing in an op of its own name: torch counts these as one."""
        outer = self.outer
        is_op = self.category == "cpu_op" and outer is not None and outer.category == "cpu_op"
        return is_op and outer is not None and outer.name == self.name and len(outer.inner) == 1


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a trace that last, in the order of the file."""
    text = gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
    trace = json.loads(text, parse_float=Decimal)
    return [
        _row(event)
        for event in trace["traceEvents"]
        if event.get("ph") == "X" and event.get("cat") not in ("Trace", "gpu_user_annotation")
    ]


def _row(event: dict[str, Any]) -> Row:
    start, duration = int(Decimal(event["ts"]) * 1000), int(Decimal(event.get("dur", 0)) * 1000)
    place = (event.get("pid"), event.get("tid"))
    return Row(event["name"], event.get("cat", ""), start, start + duration, event.get("args", {}), place)


def nest(rows: list[Row]) -> None:
    """Find the row around each, with a stack per thread."""
    threads: dict[tuple[Any, Any], list[Row]] = defaultdict(list)
    for row in rows:
        if row.category not in _NOT_ON_THREADS:
            threads[row.place].append(row)
    for thread in threads.values():
        stack: list[Row] = []
        for row in sorted(thread, key=lambda row: (row.start, -row.end)):
            while stack and stack[-1].end <= row.start:
                stack.pop()
            if stack:
                row.outer = stack[-1]
                stack[-1].inner.append(row)
            stack.append(row)


def kernel_numbers(rows: list[Row]) -> dict[tuple[str, str], tuple[int, int, int, int]]:
    """Return count, sum, least and most ns by kind and name of what ran on a device."""
    durations: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        if row.category in DEVICE:
            durations[DEVICE[row.category], row.name].append(row.end - row.start)
    return {key: (len(found), sum(found), min(found), max(found)) for key, found in durations.items()}


def operator_numbers(rows: list[Row]) -> dict[str, tuple[int, int]]:
    """Return count and self ns by name of operators."""
    counts: dict[str, int] = defaultdict(int)
    self_ns: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.category == "cpu_op":
            counts[row.name] += not row.is_repeat
            self_ns[row.name] += row.self_ns
    return {name: (counts[name], self_ns[name]) for name in counts}


def launch_numbers(rows: list[Row]) -> dict[str, int]:
    """Return the device ns by name of the innermost op around the launch; "" is none.

    A launch is the call with the device row's correlation id; where a file has no such call, the op is the
    one with its External id.
    """
    ops = {row.args.get("External id"): row for row in rows if row.category == "cpu_op"}
    calls = {
        row.args["correlation"]: row
        for row in rows
        if row.category in ("cuda_runtime", "cuda_driver") and "correlation" in row.args
    }
    sums: dict[str, int] = defaultdict(int)
    for row in rows:
        if row.category in DEVICE:
            call = calls.get(row.args.get("correlation"))
            op = _innermost_op(call) if call else ops.get(row.args.get("External id"))
            sums[op.name if op else ""] += row.end - row.start
    return dict(sums)


def _innermost_op(row: Row | None) -> Row | None:
    while row is not None and row.category != "cpu_op":
        row = row.outer
    return row
