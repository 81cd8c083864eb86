"""One profile read twice: into our columns, and by torch's own export."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import torch
from torch.profiler import profile

from engine.worker.run.columns import StringTable, read_columns
from engine.worker.run.window import activities_for

# Name and duration in ns.
Durations = Counter[tuple[str, int]]
_CATEGORIES = ("cpu_op", "kernel", "gpu_memcpy", "gpu_memset")
_KINDS = (0, 1, 2, 3)


def profiled_pair(device: torch.device, path: Path) -> tuple[Durations, Durations]:
    """Profile a few passes; return the durations of operators, kernels and copies, ours and torch's."""
    model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.LayerNorm(64)).to(device)
    x = torch.randn(32, 64, device=device)
    model(x).sum().backward()
    profiler = profile(activities=activities_for(device))
    profiler.start()
    for _ in range(5):
        model(x).sum().backward()
    profiler.stop()
    results: Any = profiler.profiler.kineto_results  # type: ignore[union-attr]
    strings = StringTable()
    columns, _ = read_columns(results.events(), strings)
    _, names = strings.take_new()
    rows = zip(columns["name"], columns["kind"], columns["duration_ns"], strict=True)
    ours = Counter((names[name], duration) for name, kind, duration in rows if kind in _KINDS)
    profiler.export_chrome_trace(str(path))
    return ours, _exported(path)


def differing_durations(ours: Durations, exported: Durations) -> int:
    """Return how many of ours have no equal in the export, and the other way round."""
    return sum((ours - exported).values()) + sum((exported - ours).values())


def _exported(path: Path) -> Durations:
    trace = json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    rows = [row for row in trace["traceEvents"] if row.get("cat") in _CATEGORIES]
    return Counter((row["name"], int(Decimal(row["dur"]) * 1000)) for row in rows)
