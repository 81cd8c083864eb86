"""What profile windows cost a run of a tiny, a middle and a large model, through the command line."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_table import Measurement

_PROJECT = Path(__file__).resolve().parents[2]
_REPEATS = 3
_SECONDS = 5
_LARGE = "nn.Linear(4096, 4096) | nn.ReLU() | nn.Linear(4096, 4096)"
_BLOCK = "nn.TransformerEncoderLayer(256, 4, 1024, batch_first=True)"

# Name, layer, input, phase.
_MODELS = (
    ("tiny", "nn.Linear(10, 10)", "32x10", "forward"),
    ("middle", _BLOCK, "8x64x256", "training"),
    ("large", _LARGE, "512x4096", "training"),
)


def measure() -> Iterable[Measurement]:
    """Run each model a few times and report the share that the run itself states, and its step time."""
    for name, layer, shape, phase in _MODELS:
        reports = [_report(layer, shape, phase) for _ in range(_REPEATS)]
        step_us = statistics.median(r["variants"][0]["step_time_us"]["median"] for r in reports)
        windows = statistics.median(r["variants"][0]["windows"] for r in reports)
        yield Measurement(
            name=f"profiling share, {name} model",
            measured=statistics.median(100 * report["profiling_share"] for report in reports),
            unit="%",
            target=10.0,
            reference=f"step {step_us:.4g} us, {windows:.0f} windows in {_SECONDS} s, {phase}",
            repeats=_REPEATS,
        )


def _report(layer: str, shape: str, phase: str) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "report.json"
        command = [sys.executable, str(_PROJECT / "main.py"), "run", "--quiet"]
        command += ["--variant", f"subject={layer}", "--input", shape, "--phase", phase]
        command += ["--seconds", str(_SECONDS), "--json", str(out)]
        subprocess.run(command, check=True, timeout=150, stdout=subprocess.DEVNULL)
        report: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return report
