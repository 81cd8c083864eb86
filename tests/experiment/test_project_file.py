from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.project_file import (
    experiment_from_json,
    experiment_to_json,
    load_experiment,
    save_experiment,
)
from engine.experiment.run_plan import Backends, Optimizer, Overrides, RunPlan
from engine.wire.problem import Problem, ProblemError
from tests.experiment.trees import experiment, layer, models, residual

SHORT: dict[str, Any] = {
    "schema": 1,
    "variants": [
        {
            "name": "a",
            "model": [
                "nn.Linear(10, 10)",
                {"container": "residual", "children": ["nn.ReLU()", {"layer": "nn.ReLU()", "repeat": 3}]},
            ],
        }
    ],
    "inputs": [{"shape": [32, 10]}],
    "plan": {"seconds": 3},
}

FULL = Experiment(
    variants=(
        Variant(
            name="everything",
            model=(residual(layer("nn.Linear(4, 4)", name="inner", repeat=2, enabled=False), name="skip"),),
            overrides=Overrides(
                device="cpu", dtype="float64", autocast="bfloat16", mode="eval", compile=True
            ),
        ),
        Variant(name="empty", model=()),
    ),
    inputs=(
        InputSpec(shape=(0, 4), dtype="float16", distribution="uniform"),
        InputSpec(shape=(), distribution="integers", below=5),
    ),
    plan=RunPlan(
        device="cuda:1",
        phase="training",
        until_stable=True,
        warmup=0,
        seed=7,
        optimizer=Optimizer(name="Adam", learning_rate=0.5),
        loss="mse",
        channels_last=True,
        backends=Backends(allow_tf32=True),
        threads=2,
        budget_percent=0.0,
    ),
    files=("a.py", "folder/b.py"),
    interpreter="/usr/bin/python3",
    notes="two\nlines, “quoted”, 笔记",
)


def problem_of(change: Any) -> Problem:
    data = deepcopy(SHORT)
    change(data)
    with pytest.raises(ProblemError) as caught:
        experiment_from_json(data, "p.json")
    return caught.value.problem


def test_that_a_short_file_has_the_defaults() -> None:
    read = experiment_from_json(SHORT)
    assert read.plan == RunPlan(seconds=3.0)
    assert read.variants[0].model == (layer("nn.Linear(10, 10)"), residual(layer(), layer(repeat=3)))
    assert read.inputs == (InputSpec(shape=(32, 10)),)


def test_that_a_short_file_is_written_as_short_as_it_was() -> None:
    assert experiment_to_json(experiment_from_json(SHORT)) == SHORT


def test_that_the_schema_may_be_left_out_but_is_always_written() -> None:
    data = {key: value for key, value in SHORT.items() if key != "schema"}
    assert next(iter(experiment_to_json(experiment_from_json(data)))) == "schema"


def test_that_everything_comes_back_from_disk(tmp_path: Path) -> None:
    save_experiment(tmp_path / "p.json", FULL)
    assert load_experiment(tmp_path / "p.json") == FULL


@given(models)
def test_that_any_tree_comes_back(model: tuple[ModelNode, ...]) -> None:
    original = experiment(*model)
    assert experiment_from_json(json.loads(json.dumps(experiment_to_json(original)))) == original


def test_that_a_saved_file_is_one_a_person_would_write(tmp_path: Path) -> None:
    save_experiment(tmp_path / "p.json", experiment_from_json(SHORT))
    assert (tmp_path / "p.json").read_text() == (
        "{\n"
        '  "schema": 1,\n'
        '  "variants": [\n'
        "    {\n"
        '      "name": "a",\n'
        '      "model": [\n'
        '        "nn.Linear(10, 10)",\n'
        '        {"container": "residual", "children": ["nn.ReLU()", {"layer": "nn.ReLU()", "repeat": 3}]}\n'
        "      ]\n"
        "    }\n"
        "  ],\n"
        '  "inputs": [{"shape": [32, 10]}],\n'
        '  "plan": {"seconds": 3.0}\n'
        "}\n"
    )


def variant_of(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data["variants"][0]
    return found


def children_of(data: dict[str, Any]) -> list[Any]:
    found: list[Any] = variant_of(data)["model"][1]["children"]
    return found


@pytest.mark.parametrize(
    ("change", "where", "what"),
    [
        (lambda d: d.update(plans={}), "", 'Unknown key "plans"'),
        (lambda d: d["plan"].update(step=1), "plan", 'Unknown key "step"'),
        (lambda d: d["plan"].update(backends={"cudnn": True}), "plan.backends", 'Unknown key "cudnn"'),
        (lambda d: children_of(d).append({"layr": "x"}), "variants[0].model[1].children[2]", "layr"),
        (lambda d: d.pop("inputs"), "", '"inputs" is missing'),
        (lambda d: variant_of(d).pop("model"), "variants[0]", '"model" is missing'),
        (lambda d: d.update(plan=[]), "plan", "Expected an object"),
        (
            lambda d: d["plan"].update(steps="ten"),
            "plan.steps",
            "Expected a whole number or null, got a text",
        ),
        (lambda d: d["plan"].update(warmup=1.5), "plan.warmup", "Expected a whole number"),
        (lambda d: d["plan"].update(threads=True), "plan.threads", "Expected a whole number"),
        (lambda d: d["plan"].update(device=None), "plan.device", "Expected a text, got null"),
        (lambda d: d.update(variants={}), "variants", "Expected a list, got an object"),
        (lambda d: d["variants"].append(1), "variants[1]", "Expected an object"),
        (lambda d: variant_of(d)["model"].append(3), "variants[0].model[2]", "Expected an object"),
        (lambda d: d["inputs"][0].update(shape="32x10"), "inputs[0].shape", "Expected a list, got a text"),
        (lambda d: d["inputs"][0].update(shape=[2, None]), "inputs[0].shape[1]", "Expected a whole number"),
        (lambda d: d["plan"].update(phase="forwards"), "plan.phase", "'forwards' is not known"),
        (lambda d: d["plan"].update(mode="test"), "plan.mode", "'test' is not known"),
        (lambda d: d["plan"].update(loss="l1"), "plan.loss", "'l1' is not known"),
        (lambda d: d["inputs"][0].update(distribution="gauss"), "inputs[0].distribution", "'gauss'"),
        (
            lambda d: children_of(d).append({"container": "loop"}),
            "variants[0].model[1].children[2].container",
            "loop",
        ),
        (lambda d: variant_of(d).update(overrides={"mode": "x"}), "variants[0].overrides.mode", "'x'"),
        (lambda d: d.update(schema="1"), "schema", "'1' is not a schema"),
        (lambda d: d.update(schema=0), "schema", "0 is not a schema"),
        (lambda d: d.update(schema=True), "schema", "True is not a schema"),
        (
            lambda d: children_of(d).append("nn.Linear(1"),
            "variants[0].model[1].children[2].layer",
            "not a layer",
        ),
        (lambda d: d["plan"].update(steps=10), "plan", "steps and seconds exclude each other"),
    ],
)
def test_that_a_mistake_is_told_with_its_place(change: Any, where: str, what: str) -> None:
    problem = problem_of(change)
    assert problem.where == (f"p.json: {where}" if where else "p.json")
    assert what in problem.what
    assert problem.hint


def test_that_a_misspelt_key_or_choice_is_answered_with_the_right_one() -> None:
    assert 'Did you mean "plan"?' in problem_of(lambda d: d.update(plann={})).hint
    assert "Did you mean 'forward'?" in problem_of(lambda d: d["plan"].update(phase="forwrd")).hint


def test_that_a_newer_schema_asks_for_an_update_whatever_else_is_in_it() -> None:
    problem = problem_of(lambda d: d.update(schema=2, something_new=[1]))
    assert "newer Layerscope" in problem.what
    assert "Update Layerscope" in problem.hint
    assert "Nothing was changed on disk" in problem.hint


@pytest.mark.parametrize("data", [None, 3, "text", [], {}, {"name": "x"}])
def test_that_other_json_is_not_a_project(data: Any) -> None:
    with pytest.raises(ProblemError, match="not a Layerscope project"):
        experiment_from_json(data)


@pytest.mark.parametrize("data", [{"traceEvents": []}, [{"ph": "X"}]])
def test_that_a_trace_is_recognised_as_one(data: Any) -> None:
    with pytest.raises(ProblemError, match="open it as a trace"):
        experiment_from_json(data)


@pytest.mark.parametrize("depth", [60, 5000])
def test_that_a_bottomless_tree_is_refused(depth: int) -> None:
    node: Any = "nn.ReLU()"
    for _ in range(depth):
        node = {"container": "sequential", "children": [node]}
    with pytest.raises(ProblemError, match="nested"):
        experiment_from_json({**SHORT, "variants": [{"name": "deep", "model": [node]}]})


def test_that_an_unfinished_experiment_is_saved_all_the_same(tmp_path: Path) -> None:
    unfinished = replace(FULL, variants=(Variant(name="new", model=()),), inputs=())
    save_experiment(tmp_path / "p.json", unfinished)
    assert load_experiment(tmp_path / "p.json") == unfinished
