"""How a run ended."""

from __future__ import annotations

from dataclasses import dataclass

from engine.wire.problem import Problem


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How the run ended; ``outcome`` is one of `engine.host.events.Outcome`."""

    outcome: str
    problem: Problem | None = None
    elapsed_ns: int | None = None
    profiling_ns: int | None = None
