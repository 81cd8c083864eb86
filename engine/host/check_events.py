"""What a check thread tells its listener: one union, closed with ChecksFinished. Sent on its thread."""

from __future__ import annotations

from dataclasses import dataclass

from engine.host.events import Outcome
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckReport, CheckResult
from engine.wire.problem import Problem


@dataclass(frozen=True, kw_only=True)
class CheckStarted:
    """The model was built and run once: ``checks`` are what will be made of it, in order."""

    model: str
    checks: tuple[CheckDescription, ...]


@dataclass(frozen=True, kw_only=True)
class CheckArrived:
    """One more check of the model was made: number ``done`` of ``total``."""

    model: str
    result: CheckResult
    done: int
    total: int


@dataclass(frozen=True, kw_only=True)
class ChecksFinished:
    """The one ending. ``report`` has all that was found until then.

    ``problem`` is set unless the checks completed or were cancelled: the model can't be built, say.
    """

    outcome: Outcome
    report: CheckReport
    problem: Problem | None = None


CheckEvent = CheckStarted | CheckArrived | ChecksFinished
