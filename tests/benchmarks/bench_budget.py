"""What a run with profiling costs, against a plain loop with nothing installed.

The plain loop runs in a process of its own, stopped while a run goes on; each run of ours stands between
two spans of it and is compared with their mean, so that a drift of the machine hits both alike.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engine.host.engine import Engine
from engine.trace.step_table import StepFlag
from tests.benchmarks.bench_table import Beside, Measurement
from tests.benchmarks.workloads import STEPS, Workload

LIMIT_S = 2400
# Whether the C library gives pages back after each step is a lottery of what was freed before: it made the
# same plain loop 40 % faster in one process than in the next. Both keep theirs.
_KEEP_PAGES = {"MALLOC_MMAP_THRESHOLD_": str(2**25), "MALLOC_TRIM_THRESHOLD_": str(2**34)}
_BARE_LOOP = Path(__file__).with_name("bare_loop.py")
_DEFAULT = 10.0
_OTHERS = (1.0, 5.0, 25.0, 100.0)
# Rounds of the default budget and of the others; a plain loop's process is new in every round.
_ROUNDS, _ROUNDS_OF_OTHERS = 5, 2
_SECONDS, _SECONDS_OF_LONG_STEPS = 3.0, 8.0


@dataclass(frozen=True)
class _Span:
    """One loop, ours or the plain one."""

    steps_per_s: float
    median_us: float
    share: float = 0.0
    windows: int = 0


@dataclass(frozen=True)
class _Pair:
    """A run of ours and the plain loop around it."""

    ours: _Span
    bare: _Span


def measure() -> Iterable[Measurement]:
    """Run every step length with every budget; LAYERSCOPE_BENCH_STEPS names some, such as ``0.3 ms``."""
    os.environ.update(_KEEP_PAGES)
    chosen = os.environ.get("LAYERSCOPE_BENCH_STEPS", "")
    for workload in STEPS:
        if workload.name.startswith(chosen):
            yield from _rows(workload, _pairs(workload))


def _pairs(workload: Workload) -> dict[float, list[_Pair]]:
    pairs: dict[float, list[_Pair]] = {}
    seconds = _SECONDS_OF_LONG_STEPS if workload.name.startswith("400") else _SECONDS
    engine = Engine(keep_spare=False)
    try:
        for number in range(_ROUNDS):
            budgets = (_DEFAULT, *(_OTHERS if number < _ROUNDS_OF_OTHERS else ()))
            with tempfile.TemporaryDirectory() as folder, _bare_loop(workload) as loop:
                before = _bare_span(loop, seconds)
                for budget in budgets:
                    ours = _our_span(engine, workload, budget, seconds, Path(folder))
                    after = _bare_span(loop, seconds)
                    pairs.setdefault(budget, []).append(_Pair(ours, _mean(before, after)))
                    before = after
    finally:
        engine.close()
    return pairs


@contextmanager
def _bare_loop(workload: Workload) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, str(_BARE_LOOP), workload.to_json()]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as loop:
        assert loop.stdin is not None
        assert loop.stdout is not None
        if loop.stdout.readline().strip() != "ready":
            raise RuntimeError("the plain loop did not start")
        yield loop
        loop.stdin.close()


def _bare_span(loop: subprocess.Popen[str], seconds: float) -> _Span:
    assert loop.stdin is not None
    assert loop.stdout is not None
    print(seconds, file=loop.stdin, flush=True)
    found = json.loads(loop.stdout.readline())
    return _Span(found["steps"] / found["elapsed_s"], found["median_s"] * 1e6)


def _our_span(engine: Engine, workload: Workload, budget: float, seconds: float, folder: Path) -> _Span:
    experiment = workload.experiment(seconds=seconds, budget_percent=budget)
    path = folder / f"{len(list(folder.iterdir()))}.layerscope"
    thread = engine.run(experiment, folder, path, lambda _event: None)
    thread.join(120)
    recording, ending = thread.recording, thread.recording.ending
    if ending is None or ending.outcome != "completed" or not ending.elapsed_ns:
        raise RuntimeError(f"the run did not complete: {ending}")
    steps = recording.steps()
    done = int(np.count_nonzero((steps.flags & StepFlag.WARM_UP) == 0))
    return _Span(
        done / ending.elapsed_ns * 1e9,
        float(np.median(steps.bare().duration_ns)) / 1e3,
        (ending.profiling_ns or 0) / ending.elapsed_ns,
        recording.window_count,
    )


def _mean(before: _Span, after: _Span) -> _Span:
    return _Span((before.steps_per_s + after.steps_per_s) / 2, (before.median_us + after.median_us) / 2)


def _rows(workload: Workload, pairs: dict[float, list[_Pair]]) -> Iterator[Measurement]:
    for budget in sorted(pairs, key=lambda budget: (budget != _DEFAULT, budget)):
        yield from _rows_of(workload, budget, pairs[budget])


def _rows_of(workload: Workload, budget: float, pairs: list[_Pair]) -> Iterator[Measurement]:
    title = f"{workload.name}, budget {budget:g} %"
    share, windows = (
        statistics.median(getattr(pair.ours, field) for pair in pairs) for field in ("share", "windows")
    )
    throughput = Measurement(
        name=f"throughput, {title}",
        measured=statistics.median(100 * p.ours.steps_per_s / p.bare.steps_per_s for p in pairs),
        unit="%",
        target=max(0.0, 100 - budget),
        better="higher",
        reference=f"{share:.1%} spent on {windows:.0f} windows, as shown",
        repeats=len(pairs),
        beside=_beside(pairs, "steps_per_s", "steps/s"),
    )
    yield throughput
    yield replace(
        throughput,
        name=f"bare median off, {title}",
        measured=100 * abs(statistics.median(p.ours.median_us / p.bare.median_us for p in pairs) - 1),
        target=2.0,
        better="lower",
        reference="",
        beside=_beside(pairs, "median_us", "µs"),
    )


def _beside(pairs: list[_Pair], field: str, unit: str) -> Beside:
    ours, bare = (
        statistics.median(getattr(getattr(pair, side), field) for pair in pairs) for side in ("ours", "bare")
    )
    return Beside(ours=ours, reference=bare, unit=unit, name="plain torch loop in turns with it")
