"""The conditions of a plan that set its numbers apart from those of other runs."""

from __future__ import annotations

from dataclasses import replace
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


def without_length(plan: RunPlan) -> RunPlan:
    """Return what of a plan a step depends on: how long it runs, and how much is profiled, changes none."""
    of_no_length = RunPlan()
    return replace(
        plan,
        steps=of_no_length.steps,
        seconds=of_no_length.seconds,
        until_stable=of_no_length.until_stable,
        warmup=of_no_length.warmup,
        budget_percent=of_no_length.budget_percent,
    )
