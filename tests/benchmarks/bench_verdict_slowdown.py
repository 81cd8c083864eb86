"""A step made 3 % longer: how often is that found?

The longer variant ends with a spin on the clock of 3 % of the step, as a short run before has timed it. How
much that was of the very run's baseline is known in each run, since the spin is as long on a slow
machine as on a fast one; the table says the median. LAYERSCOPE_SLOWDOWN_RUNS and
LAYERSCOPE_SLOWDOWN_SECONDS set how many runs, and how long each is.
"""

from __future__ import annotations

import os
import statistics
from collections.abc import Iterable

from tests.benchmarks.bench_table import Measurement
from tests.benchmarks.compared_runs import ComparedRun, ComparedRuns, reach_percent

LIMIT_S = 3600
_RUNS, _SECONDS = 40, 10.0
_PLANTED = 0.03


def measure() -> Iterable[Measurement]:
    """Run 1 ms steps against the same and 3 % more, many times."""
    count = int(os.environ.get("LAYERSCOPE_SLOWDOWN_RUNS", _RUNS))
    seconds = float(os.environ.get("LAYERSCOPE_SLOWDOWN_SECONDS", _SECONDS))
    with ComparedRuns() as runs:
        found = [runs.run(seconds, round(_PLANTED * runs.step_ns())) for _ in range(count)]
    title = f"3 % slower, {seconds:g} s"
    planted = 100 * (statistics.median(each.planted for each in found) - 1)
    reach = statistics.median(reach_percent(each.found) for each in found)
    slower = sum(each.found.verdict == "slower" for each in found)
    yield Measurement(
        name=f"{title}: found",
        measured=100 * slower / count,
        unit="%",
        target=95.0,
        better="higher",
        reference=f"{slower} of {count} runs; a spin of {planted:.2f} % of the step was planted",
        repeats=count,
    )
    yield Measurement(
        name=f"{title}: off what was planted",
        measured=statistics.median(100 * abs(each.found.ratio / each.planted - 1) for each in found),
        unit="%",
        reference=f"the interval reaches ±{reach:.2f} %",
        repeats=count,
    )
    yield Measurement(
        name=f"{title}: the interval holds it",
        measured=100 * sum(map(_holds, found)) / count,
        unit="%",
        repeats=count,
    )


def _holds(run: ComparedRun) -> bool:
    interval = run.found.interval_95
    return interval is not None and interval[0] <= run.planted <= interval[1]
