"""Equal layers compared: how often are they called different, and how well is their ratio known?

LAYERSCOPE_AA_RUNS and LAYERSCOPE_AA_SECONDS set how many runs, and how long each is.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable

from tests.benchmarks.bench_table import Measurement
from tests.benchmarks.compared_runs import ComparedRun, ComparedRuns, reach_percent

LIMIT_S = 3600
_RUNS, _SECONDS = 200, 2.0


def measure() -> Iterable[Measurement]:
    """Run two equal variants, of 1 ms a step, many times."""
    count = int(os.environ.get("LAYERSCOPE_AA_RUNS", _RUNS))
    seconds = float(os.environ.get("LAYERSCOPE_AA_SECONDS", _SECONDS))
    with ComparedRuns() as runs:
        found = [runs.run(seconds) for _ in range(count)]
    title = f"equal layers, {seconds:g} s"
    step_us = statistics.median(each.found.baseline_median_us for each in found)
    yield Measurement(
        name=f"{title}: called different",
        measured=100 * sum(_is_called_different(each) for each in found) / count,
        unit="%",
        target=5.0,
        reference=f"{sum(map(_is_called_different, found))} of {count} runs, steps of {step_us:.0f} µs",
        repeats=count,
    )
    yield Measurement(
        name=f"{title}: the interval reaches",
        measured=statistics.median(reach_percent(each.found) for each in found),
        unit="%",
        reference=f"median ratio off by {_median_off_percent(found):.2f} %",
        repeats=count,
    )


def _is_called_different(run: ComparedRun) -> bool:
    return run.found.verdict in ("faster", "slower")


def _median_off_percent(found: list[ComparedRun]) -> float:
    return 100 * statistics.median(abs(each.found.ratio - 1) for each in found)
