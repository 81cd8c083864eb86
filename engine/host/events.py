"""What an engine thread tells its listener: one union, closed with RunFinished.

Data (steps, windows, samples) goes into the recording; these events only say that it did.
They are sent on the engine's thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.wire.problem import Problem

Stage = Literal["starting", "building", "warming up", "measuring", "finishing"]
Outcome = Literal["completed", "cancelled", "failed", "crashed"]


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A worker took the run; ``worker_pid`` is its process on its host."""

    worker_pid: int


@dataclass(frozen=True, kw_only=True)
class RunProgress:
    """How far the run is. ``fraction`` 0 … 1 of the stage, None if it can't be known.

    ``profiling_share`` is what the windows have cost so far, 0 … 1 of the measuring time.
    """

    stage: Stage
    text: str
    steps: int = 0
    total_steps: int | None = None
    fraction: float | None = None
    seconds_left: float | None = None
    profiling_share: float | None = None


@dataclass(frozen=True, kw_only=True)
class ModelsBuilt:
    """Every variant is built; ``recording.models`` holds them."""


@dataclass(frozen=True, kw_only=True)
class StepsArrived:
    """More rows are in ``recording.steps()``; ``count`` in all."""

    count: int


@dataclass(frozen=True, kw_only=True)
class WindowArrived:
    """``recording.window(index)`` is there."""

    index: int


@dataclass(frozen=True, kw_only=True)
class LogArrived:
    """The layers, or torch, printed something."""

    text: str


@dataclass(frozen=True, kw_only=True)
class RunWarned:
    """Something that doesn't stop the run but that the person must know (NaN output, say)."""

    problem: Problem


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    """The run's one ending. ``problem`` is set unless it completed or was cancelled."""

    outcome: Outcome
    problem: Problem | None = None


RunEvent = (
    RunStarted
    | RunProgress
    | ModelsBuilt
    | StepsArrived
    | WindowArrived
    | LogArrived
    | RunWarned
    | RunFinished
)
