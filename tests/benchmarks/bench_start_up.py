"""From starting the program to a window that can be used, and from Run pressed to the first live point."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable

from tests.benchmarks.bench_table import Measurement

_REPEATS = 5


def measure() -> Iterable[Measurement]:
    """Start the application a few times, each with no settings, as at the first launch."""
    starts = [_start() for _ in range(_REPEATS)]
    return [
        _row("start to window shown", [moments["shown"] for moments in starts], None),
        _row("start to window idle", [moments["idle"] for moments in starts], 2.0),
        _row("start to devices known", [moments["devices"] for moments in starts], None),
        _row("Run pressed to first live point", [_wait(moments, 1) for moments in starts], 1.0),
        _row("the same, second run", [_wait(moments, 2) for moments in starts], 1.0),
    ]


def _start() -> dict[str, float]:
    """Return the moments of one start, in seconds since the process was started."""
    with tempfile.TemporaryDirectory() as home:
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), home)
        environment = {**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"}
        started_ns = time.monotonic_ns()
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.started_window"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
            timeout=120,
            check=True,
        )
    moments: dict[str, int] = json.loads(done.stdout.strip().splitlines()[-1])
    return {moment: (ns - started_ns) / 1e9 for moment, ns in moments.items()}


def _wait(moments: dict[str, float], run: int) -> float:
    return moments[f"first_point_{run}"] - moments[f"run_pressed_{run}"]


def _row(name: str, seconds: list[float], target: float | None) -> Measurement:
    return Measurement(
        name=name,
        measured=statistics.median(seconds),
        unit="s",
        target=target,
        reference="offscreen, first launch, files cached, shipped example",
        repeats=len(seconds),
    )
