"""The report of checks: what ``check --json`` writes.

::

    {"schema": 1, "models": [{"model", "outcome": "completed|cancelled|failed|crashed",
      "error": null | {"what", "where", "hint", "traceback"},
      "results": [{"name", "title", "group", "severity",
        "status": "pass|fail|unavailable", "why", "mend", "reason", "duration_ms",
        "findings": [{"what", "layer", "parameter", "op", "file", "line", "saves_us", "saves_basis"}]}]}]}

``line`` is 0 and text empty where it is unknown; ``saves_us`` is null where nothing is known to be saved.
Of a model whose outcome is not "completed", ``results`` are those made until then, none if it can't be built.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Protocol

from engine.trace.check_result import CheckReport
from engine.wire.problem import Problem

SCHEMA = 1


class EndedChecks(Protocol):
    """The checks of one model as `engine.host.check_events.ChecksFinished` tells them."""

    @property
    def outcome(self) -> str: ...
    @property
    def report(self) -> CheckReport: ...
    @property
    def problem(self) -> Problem | None: ...


def checks_report(endings: Sequence[EndedChecks]) -> dict[str, Any]:
    """Return the report of all models as JSON objects."""
    return {"schema": SCHEMA, "models": [_model(ending) for ending in endings]}


def _model(ending: EndedChecks) -> dict[str, Any]:
    report = asdict(ending.report)
    return {
        "model": report["model"],
        "outcome": ending.outcome,
        "error": ending.problem.to_json() if ending.problem else None,
        "results": report["results"],
    }
