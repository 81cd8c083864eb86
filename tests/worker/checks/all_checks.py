"""All checks of a specimen, made as a worker makes them."""

from __future__ import annotations

from typing import Any

from engine.worker.checks.catalog import CHECKS
from engine.worker.checks.examine import examine, forget_what_was_built, try_model
from engine.worker.checks.specimen import Specimen


def failed(specimen: Specimen) -> dict[str, list[dict[str, Any]]]:
    """Return the findings of every check that fails, by its name. Raises `ProblemError` for no model."""
    try_model(specimen)
    found = {}
    for check in CHECKS:
        forget_what_was_built()
        result = examine(check, specimen)
        if result["status"] == "fail":
            found[check.name] = result["findings"]
    return found
