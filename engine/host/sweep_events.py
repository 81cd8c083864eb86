"""What a sweep tells its listener: one union, closed with SweepFinished.

They are sent on the sweep's thread, but for `PointEvent`, which comes on that of the point's run.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.experiment.sweep import SweepValue
from engine.host.events import Outcome, RunEvent, RunProgress
from engine.recording.recording import Recording
from engine.recording.sweep_folder import SweptPoint
from engine.wire.problem import Problem


@dataclass(frozen=True, kw_only=True)
class PointStarted:
    """A point's run began; ``count`` points in all."""

    number: int
    count: int
    value: SweepValue


@dataclass(frozen=True, kw_only=True)
class PointEvent:
    """Something that a point's run told."""

    number: int
    event: RunEvent


@dataclass(frozen=True, kw_only=True)
class PointFinished:
    """A point has ended, well or not. ``recording`` is None if it could not even start."""

    number: int
    point: SweptPoint
    recording: Recording | None


@dataclass(frozen=True, kw_only=True)
class SweepProgress:
    """How far the sweep is: point ``number`` (from 0) of ``count``; ``fraction`` 0 … 1 of all of them.

    ``run`` is how far the point's own run is; None before it says so. ``seconds_left`` is what is left
    of the sweep at the pace of the points so far; None before the first has ended.
    """

    number: int
    count: int
    value: SweepValue
    fraction: float
    seconds_left: float | None = None
    run: RunProgress | None = None


@dataclass(frozen=True, kw_only=True)
class SweepWarned:
    """Something that doesn't stop the sweep but that the person must know: a full disk, say."""

    problem: Problem


@dataclass(frozen=True, kw_only=True)
class SweepFinished:
    """The sweep's one ending. Points that failed don't make it fail."""

    outcome: Outcome
    problem: Problem | None = None


SweepEvent = PointStarted | PointEvent | PointFinished | SweepProgress | SweepWarned | SweepFinished
