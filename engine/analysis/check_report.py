"""The report of checks: what ``check --json`` writes.

::

    {"schema": 1, "models": [{"model", "results": [{"name", "title", "group", "severity",
      "status": "pass|fail|unavailable", "why", "mend", "reason", "duration_ms",
      "findings": [{"what", "layer", "parameter", "op", "file", "line", "saves_us", "saves_basis"}]}]}]}

``line`` is 0 and text empty where it is unknown; ``saves_us`` is null where nothing is known to be saved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from engine.trace.check_result import CheckReport

SCHEMA = 1


def checks_report(reports: Sequence[CheckReport]) -> dict[str, Any]:
    """Return the report of all models as JSON objects."""
    return {"schema": SCHEMA, "models": [asdict(report) for report in reports]}
