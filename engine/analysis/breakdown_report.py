"""A step breakdown as JSON objects, for ``run --json`` and ``summary --json``."""

from __future__ import annotations

from typing import Any

from engine.analysis.results import CPU_PARTS, DEVICE_PARTS, StepBreakdown
from engine.analysis.unavailable import NO_DEVICE

Json = dict[str, Any]


def breakdown_report(found: StepBreakdown | None) -> Json | None:
    """Return a breakdown under the keys that `engine.analysis.run_report` describes; None for None.

    What a CPU run can't have is null, and its sibling ``<name>_unavailable`` says why.
    """
    if found is None:
        return None
    numbers: Json = {"device": found.device}
    numbers |= {f"{name}_us": found.part_us(name) for name in DEVICE_PARTS if name not in CPU_PARTS}
    numbers["waiting_for_host_us"] = found.waiting_for_host_us
    reason = found.reason or NO_DEVICE
    reasons = {f"{name}_unavailable": reason for name, value in numbers.items() if value is None}
    return {
        "basis": found.basis,
        "devices": found.devices,
        "steps": found.steps,
        "wall_us": found.wall_us,
        **numbers,
        **reasons,
        "host": {f"{name}_us": found.part_us(name) for name in CPU_PARTS},
    }
