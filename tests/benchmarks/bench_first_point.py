"""From Run pressed to the first live point, through the engine: with a spare worker, and cold."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from threading import Event

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import RunPlan
from engine.host.engine import Engine
from engine.host.events import RunEvent, StepsArrived, WindowArrived
from tests.benchmarks.bench_table import Measurement

_REPEATS = 5
# A spare worker is there after a run; a person takes longer than this to press Run again.
_PAUSE_S = 6.0

_EXPERIMENT = Experiment(
    variants=tuple(
        Variant(name=name, model=(ModelNode(layer="nn.Linear(10, 10)"),)) for name in ("first", "second")
    ),
    inputs=(InputSpec(shape=(32, 10)),),
    plan=RunPlan(device="cpu", seconds=1.0),
)


def measure() -> Iterable[Measurement]:
    """Time the first run of an engine, then runs that find a spare worker waiting."""
    cold, cold_windows, warm, warm_windows = [], [], [], []
    with tempfile.TemporaryDirectory() as folder:
        for number in range(_REPEATS):
            engine = Engine()
            try:
                _run(engine, Path(folder) / f"cold{number}.layerscope", cold, cold_windows)
                time.sleep(_PAUSE_S)
                _run(engine, Path(folder) / f"warm{number}.layerscope", warm, warm_windows)
            finally:
                engine.close()
    return [
        _row("Run to first step time, spare worker", warm, 1.0),
        _row("Run to first window, spare worker", warm_windows, 2.0),
        _row("Run to first step time, cold", cold, None),
        _row("Run to first window, cold", cold_windows, None),
    ]


def _run(engine: Engine, path: Path, steps_s: list[float], windows_s: list[float]) -> None:
    first_steps, first_window = Event(), Event()
    start = time.perf_counter()

    def listen(event: RunEvent) -> None:
        for kind, seen, times in (
            (StepsArrived, first_steps, steps_s),
            (WindowArrived, first_window, windows_s),
        ):
            if isinstance(event, kind) and not seen.is_set():
                times.append(time.perf_counter() - start)
                seen.set()

    engine.run(_EXPERIMENT, path.parent, path, listen).join(60)


def _row(name: str, values: list[float], target: float | None) -> Measurement:
    return Measurement(
        name=name,
        measured=statistics.median(values) if values else None,
        unit="s",
        target=target,
        reference="two linear layers on the CPU, warm-up included",
        repeats=len(values),
    )
