"""The summary of a run that has ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from engine.analysis.results import RunSummary
from engine.analysis.run_analysis import Preparation, RunAnalysis
from engine.analysis.timed_steps import Surroundings
from engine.trace.built_model import BuiltModel
from engine.trace.memory_sample import TelemetrySample
from engine.trace.step_table import StepTable
from engine.trace.window import Window


class EndedRun(Protocol):
    """How long a run measured, and what windows cost of that, in ns."""

    @property
    def elapsed_ns(self) -> int | None: ...
    @property
    def profiling_ns(self) -> int | None: ...


class WholeRun(Preparation, Protocol):
    """What a summary needs of a recording."""

    damage: tuple[str, ...]

    @property
    def models(self) -> Sequence[BuiltModel]: ...
    @property
    def environment(self) -> Mapping[str, Any]: ...
    @property
    def ending(self) -> EndedRun | None: ...
    @property
    def window_count(self) -> int: ...
    def window(self, index: int) -> Window: ...
    def steps(self) -> StepTable: ...
    def telemetry(self) -> Sequence[TelemetrySample]: ...


def summarize(run: WholeRun) -> RunSummary:
    """Return the summary of a whole recording."""
    analysis = RunAnalysis(run.models, run, run.damage)
    for index in range(run.window_count):
        analysis.add_window(run.window(index))
    ending = run.ending
    share = None
    if ending is not None and ending.elapsed_ns and ending.profiling_ns is not None:
        share = ending.profiling_ns / ending.elapsed_ns
    surroundings = Surroundings(telemetry=run.telemetry(), environment=run.environment)
    return analysis.summary(run.steps(), share, surroundings)
