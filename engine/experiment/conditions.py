"""The conditions of a plan that set its numbers apart from those of other runs."""

from __future__ import annotations

from typing import Literal

from engine.experiment.run_plan import RunPlan

Condition = Literal["cold cache", "fresh inputs", "gradients zeroed", "gradients kept"]


def conditions(plan: RunPlan) -> tuple[Condition, ...]:
    """Return what differs from most runs, for titles; nothing for the defaults."""
    has_gradients = plan.phase != "forward"
    found: dict[Condition, bool] = {
        "cold cache": plan.cache == "cold",
        "fresh inputs": plan.fresh_inputs,
        "gradients zeroed": has_gradients and plan.gradients == "zero",
        "gradients kept": has_gradients and plan.gradients == "keep",
    }
    return tuple(condition for condition, holds in found.items() if holds)
