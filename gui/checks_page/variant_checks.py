"""How far the checks of one variant are, and what they found."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal, assert_never

from engine.host.check_events import CheckArrived, CheckEvent, ChecksFinished, CheckStarted
from engine.host.events import Outcome
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckResult
from engine.wire.problem import Problem

Stage = Literal["waiting", "building", "checking", "done"]


@dataclass(frozen=True, kw_only=True)
class VariantChecks:
    """One variant. ``checks`` are known once it was built; ``results`` are those made so far, in order.

    ``outcome`` and ``problem`` are those of its `ChecksFinished`.
    """

    name: str
    number: int
    stage: Stage = "waiting"
    checks: tuple[CheckDescription, ...] = ()
    results: tuple[CheckResult, ...] = ()
    outcome: Outcome | None = None
    problem: Problem | None = None

    def after(self, event: CheckEvent) -> VariantChecks:
        """Return the state once ``event`` is taken in."""
        match event:
            case CheckStarted(checks=checks):
                return replace(self, stage="checking", checks=checks)
            case CheckArrived(result=result):
                return replace(self, results=(*self.results, result))
            case ChecksFinished(outcome=outcome, problem=problem):
                return replace(self, stage="done", outcome=outcome, problem=problem)
            case _:
                assert_never(event)

    @property
    def fraction(self) -> float:
        """How much of the checks is made, 0 … 1."""
        if self.stage == "done":
            return 1.0
        return len(self.results) / len(self.checks) if self.checks else 0.0
