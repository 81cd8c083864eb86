"""From saving a layer's file to its new time on screen, in the real application with the watch on."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable

from tests.benchmarks.bench_table import Measurement


def measure() -> Iterable[Measurement]:
    """Save a small layer's file five times, and wait for the new time beside the last each time."""
    shown_s = _shown_s()
    for which, value in (("median", statistics.median(shown_s)), ("max", max(shown_s))):
        yield Measurement(
            name=f"file saved to its new time beside the last: {which}",
            measured=value,
            unit="s",
            target=3.0,
            reference="a chain of tanh against nn.Tanh on the CPU, offscreen, 5 s between savings",
            repeats=len(shown_s),
        )


def _shown_s() -> list[float]:
    with tempfile.TemporaryDirectory() as home:
        places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), home)
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.watching_window"],
            env={**os.environ, **places, "QT_QPA_PLATFORM": "offscreen"},
            stdout=subprocess.PIPE,
            text=True,
            timeout=240,
            check=True,
        )
    found: list[float] = json.loads(done.stdout.strip().splitlines()[-1])["shown_s"]
    if not found:
        raise RuntimeError("no new time was shown")
    return found
