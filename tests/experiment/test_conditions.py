from __future__ import annotations

from engine.experiment.conditions import conditions
from engine.experiment.run_plan import RunPlan


def test_that_the_defaults_are_nothing_special() -> None:
    assert conditions(RunPlan()) == ()
    assert conditions(RunPlan(phase="training")) == ()


def test_that_all_that_changes_the_numbers_is_named() -> None:
    plan = RunPlan(phase="backward", cache="cold", fresh_inputs=True, gradients="keep")

    assert conditions(plan) == ("cold cache", "fresh inputs", "gradients kept")


def test_that_gradients_are_named_only_where_there_are_some() -> None:
    assert conditions(RunPlan(phase="forward", gradients="zero")) == ()
    assert conditions(RunPlan(phase="training", gradients="zero")) == ("gradients zeroed",)
