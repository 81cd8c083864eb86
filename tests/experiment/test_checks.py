from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.experiment.checks import check_experiment, check_runnable
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Optimizer, Overrides, RunPlan
from engine.wire.problem import ProblemError
from tests.experiment.trees import experiment, layer, residual, sequential, variant

GOOD = experiment(layer("nn.Linear(3, 3)"), residual(layer()))


def refused(broken: Experiment) -> str:
    with pytest.raises(ProblemError) as caught:
        check_experiment(broken)
    assert caught.value.problem.hint
    return f"{caught.value.problem.where}: {caught.value.problem.what}"


def test_that_a_sound_experiment_passes() -> None:
    check_runnable(GOOD)


@pytest.mark.parametrize(
    ("fields", "where"),
    [
        ({"steps": 0}, "plan.steps"),
        ({"steps": -3}, "plan.steps"),
        ({"seconds": 0.0}, "plan.seconds"),
        ({"seconds": float("nan")}, "plan.seconds"),
        ({"seconds": float("inf")}, "plan.seconds"),
        ({"warmup": -1}, "plan.warmup"),
        ({"threads": 0}, "plan.threads"),
        ({"seed": -1}, "plan.seed"),
        ({"seed": 2**63}, "plan.seed"),
        ({"budget_percent": -0.1}, "plan.budget_percent"),
        ({"budget_percent": 100.1}, "plan.budget_percent"),
        ({"budget_percent": float("nan")}, "plan.budget_percent"),
        ({"device": ""}, "plan.device"),
        ({"dtype": "float31"}, "plan.dtype"),
        ({"dtype": "int64"}, "plan.dtype"),
        ({"autocast": "float32"}, "plan.autocast"),
        ({"optimizer": Optimizer(learning_rate=-1.0)}, "plan.optimizer.learning_rate"),
        ({"optimizer": Optimizer(name="os.system")}, "plan.optimizer.name"),
    ],
)
def test_that_an_impossible_plan_is_refused_at_its_field(fields: dict[str, Any], where: str) -> None:
    assert refused(replace(GOOD, plan=RunPlan(**fields))).startswith(f"{where}: ")


@pytest.mark.parametrize(
    "fields",
    [
        {"steps": 1, "seconds": 1.0},
        {"steps": 1, "until_stable": True},
        {"seconds": 1.0, "until_stable": True},
        {"steps": 1, "seconds": 1.0, "until_stable": True},
    ],
)
def test_that_a_run_has_at_most_one_length(fields: dict[str, Any]) -> None:
    assert "exclude each other" in refused(replace(GOOD, plan=RunPlan(**fields)))


@pytest.mark.parametrize("budget", [0.0, 100.0])
def test_that_the_budget_may_be_all_or_nothing(budget: float) -> None:
    check_experiment(replace(GOOD, plan=RunPlan(budget_percent=budget)))


@pytest.mark.parametrize(
    ("node", "where", "what"),
    [
        (ModelNode(), "variants[0].model[0]", "neither"),
        (ModelNode(layer="nn.ReLU()", container="residual"), "variants[0].model[0]", "both"),
        (layer(children=(layer(),)), "variants[0].model[0].children", "can't hold"),
        (layer(repeat=0), "variants[0].model[0].repeat", "too small"),
        (sequential(layer("3")), "variants[0].model[0].children[0].layer", "not a layer"),
        (sequential(layer(repeat=50_000), repeat=3), "variants[0].model", "150000 layers"),
    ],
)
def test_that_a_node_that_makes_no_sense_is_refused(node: ModelNode, where: str, what: str) -> None:
    message = refused(experiment(node))
    assert message.startswith(f"{where}: ")
    assert what in message


@pytest.mark.parametrize(
    ("spec", "where"),
    [
        (InputSpec(shape=(2, -1)), "inputs[0].shape[1]"),
        (InputSpec(shape=(2,), dtype="float"), "inputs[0].dtype"),
        (InputSpec(shape=(2,), distribution="integers"), "inputs[0]"),
        (InputSpec(shape=(2,), distribution="integers", below=0), "inputs[0].below"),
        (InputSpec(shape=(2,), distribution="integers", below=300, dtype="uint8"), "inputs[0].below"),
        (InputSpec(shape=(2,), below=3), "inputs[0].below"),
        (InputSpec(shape=(2,), dtype="int64"), "inputs[0].distribution"),
        (InputSpec(shape=(2,), dtype="bool", distribution="uniform"), "inputs[0].distribution"),
    ],
)
def test_that_an_input_that_cant_be_made_is_refused(spec: InputSpec, where: str) -> None:
    assert refused(replace(GOOD, inputs=(spec,))).startswith(f"{where}: ")


@pytest.mark.parametrize(
    "spec",
    [
        InputSpec(shape=()),
        InputSpec(shape=(0, 3)),
        InputSpec(shape=(2,), dtype="int64", distribution="zeros"),
        InputSpec(shape=(2,), dtype="uint8", distribution="integers", below=256),
        InputSpec(shape=(2,), dtype="bool", distribution="integers", below=2),
        InputSpec(shape=(2,), dtype="float32", distribution="integers", below=9),
    ],
)
def test_that_unusual_inputs_pass(spec: InputSpec) -> None:
    check_experiment(replace(GOOD, inputs=(spec,)))


def test_that_variants_have_names_of_their_own() -> None:
    assert "no variant" in refused(replace(GOOD, variants=()))
    assert "named 'a'" in refused(replace(GOOD, variants=(variant(name="a"), variant(name="a"))))
    assert "no name" in refused(replace(GOOD, variants=(variant(name=" "),)))


def test_that_overrides_are_checked_like_the_plan() -> None:
    broken = Variant(name="a", model=(layer(),), overrides=Overrides(dtype="half"))
    assert refused(replace(GOOD, variants=(broken,))).startswith("variants[0].overrides.dtype: ")


@pytest.mark.parametrize(
    "model", [(), (layer(enabled=False),), (sequential(),), (sequential(layer(), enabled=False),)]
)
def test_that_a_model_without_layers_is_valid_but_not_runnable(model: tuple[ModelNode, ...]) -> None:
    check_experiment(experiment(*model))
    with pytest.raises(ProblemError, match="no layers to run"):
        check_runnable(experiment(*model))
