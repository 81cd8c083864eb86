import json
from pathlib import Path

import pytest

from engine.command_line.arguments import parse_arguments
from engine.command_line.requested_experiment import requested_experiment
from engine.experiment.experiment import Experiment
from engine.experiment.shipped import first_launch_project
from engine.wire.problem import ProblemError


def requested(*arguments: str) -> Experiment:
    return requested_experiment(parse_arguments(["run", *arguments]))[0]


def layers(experiment: Experiment) -> dict[str, list[str]]:
    return {variant.name: [node.layer for node in variant.model] for variant in experiment.variants}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    path = folder / "project.json"
    path.write_text(
        json.dumps(
            {
                "schema": 1,
                "variants": [{"name": "mine", "model": ["nn.ReLU()"]}],
                "inputs": [{"shape": [4, 4]}],
                "plan": {"phase": "backward", "until_stable": True, "budget_percent": 3},
            }
        )
    )
    return path


def test_that_variants_come_from_the_command_line() -> None:
    found = requested(
        "--variant", "a=nn.Linear(10, 10, bias=False)", "--variant", "b=nn.ReLU()", "--input", "32 X 10"
    )
    assert layers(found) == {"a": ["nn.Linear(10, 10, bias=False)"], "b": ["nn.ReLU()"]}
    assert [spec.shape for spec in found.inputs] == [(32, 10)]


def test_that_bars_put_layers_in_sequence() -> None:
    found = requested("--variant", "net=nn.Linear(4, 8) | nn.ReLU()|nn.Linear(8, 2)", "--input", "1x4")
    assert layers(found) == {"net": ["nn.Linear(4, 8)", "nn.ReLU()", "nn.Linear(8, 2)"]}


def test_that_a_variant_without_a_name_gets_one_and_an_argument_is_no_name() -> None:
    found = requested(
        "--variant", "nn.Linear(4, 4, bias=False)", "--variant", "nn.Linear(4, 4)", "--input", "4"
    )
    assert list(layers(found)) == ["Linear", "Linear_2"]


def test_that_several_inputs_keep_their_order() -> None:
    found = requested("--variant", "a=nn.Bilinear(2, 3, 4)", "--input", "5x2", "--input", "5×3")
    assert [spec.shape for spec in found.inputs] == [(5, 2), (5, 3)]


def test_that_without_project_and_variants_the_shipped_example_runs() -> None:
    experiment, base = requested_experiment(parse_arguments(["run"]))
    assert list(layers(experiment)) == ["custom", "built-in"]
    assert base == first_launch_project().parent


def test_that_options_go_before_the_projects_plan(project: Path) -> None:
    plan = requested(str(project)).plan
    assert (plan.phase, plan.until_stable, plan.budget_percent) == ("backward", True, 3)
    plan = requested(
        str(project), "--phase", "training", "--steps", "9", "--dtype", "float64", "--seed", "0"
    ).plan
    assert (plan.phase, plan.steps, plan.until_stable) == ("training", 9, False)
    assert (plan.dtype, plan.seed, plan.budget_percent) == ("float64", 0, 3)


def test_that_what_happens_between_steps_can_be_asked_for(project: Path) -> None:
    plan = requested(str(project)).plan
    assert (plan.cache, plan.fresh_inputs, plan.gradients) == ("warm", False, "none")
    plan = requested(str(project), "--cache", "cold", "--fresh-inputs", "--gradients", "keep").plan
    assert (plan.cache, plan.fresh_inputs, plan.gradients) == ("cold", True, "keep")


def test_that_until_stable_replaces_the_projects_length(project: Path) -> None:
    project.write_text(project.read_text().replace('"until_stable": true', '"steps": 5'))
    assert requested(str(project)).plan.steps == 5
    plan = requested(str(project), "--until-stable").plan
    assert (plan.until_stable, plan.steps, plan.seconds) == (True, None, None)


def test_that_files_on_the_command_line_are_found_from_where_it_was_typed(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text("")
    monkeypatch.chdir(tmp_path)
    found = requested(str(project), "--variant", "a=mine.py:Layer(3)")
    assert layers(found) == {"a": [f"{tmp_path}/mine.py:Layer(3)"]}
    alone = requested("--variant", "a=mine.py:Layer()", "--input", "1")
    assert layers(alone) == {"a": ["mine.py:Layer()"]}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--variant", "a=nn.ReLU()"], "--input 32x10"),
        (["--variant", "a=nn.ReLU()", "--input", "3x"], "is not a shape"),
        (["--variant", "a=nn.ReLU()", "--input", "-3"], "is not a shape"),
        (["--variant", "a=open('x').read()", "--input", "3"], "not a layer"),
        (["--variant", "a=nn.ReLU() |", "--input", "3"], "nothing on one side"),
        (["--variant", "a=gone.py:Layer()", "--input", "3"], "no such file"),
        (["--variant", "a=nn.ReLU()", "--variant", "a=nn.ReLU()", "--input", "3"], "named 'a'"),
        (["--phase", "sideways"], "forward, backward, training"),
        (["--cache", "lukewarm"], "warm, cold"),
        (["--gradients", "some"], "none, zero, keep"),
        (["--dtype", "float23"], "float23"),
        (["--steps", "0"], "too small"),
        (["--budget", "101"], "101"),
        (["--seconds", "nan"], "nan"),
        (["gone.json"], "no such project"),
    ],
)
def test_that_bad_input_is_refused_with_what_to_do(arguments: list[str], said: str) -> None:
    with pytest.raises(ProblemError) as error_info:
        requested(*arguments)
    assert said.lower() in str(error_info.value).lower()
    assert error_info.value.problem.hint


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        (["--budget", "101"], "--budget"),
        (["--dtype", "float23"], "--dtype"),
        (["--seconds", "-1"], "--seconds"),
        (["--cache", "lukewarm"], "--cache"),
    ],
)
def test_that_a_mistake_in_an_option_is_told_at_the_option(arguments: list[str], option: str) -> None:
    with pytest.raises(ProblemError) as error_info:
        requested(*arguments)
    assert error_info.value.problem.where == option


def test_that_a_mistake_in_the_project_is_told_there(project: Path) -> None:
    project.write_text(project.read_text().replace('"budget_percent": 3', '"budget_percent": 300'))
    with pytest.raises(ProblemError) as error_info:
        requested(str(project), "--seed", "1")
    assert error_info.value.problem.where.endswith("plan.budget_percent")


def test_that_a_baseline_is_chosen_by_name_or_refused_with_the_names() -> None:
    variants = ("--variant", "mine=nn.ReLU()", "--variant", "built-in=nn.GELU()", "--input", "4")

    assert requested(*variants, "--baseline", "built-in").comparison.baseline == "built-in"
    assert requested(*variants).comparison.baseline == ""
    with pytest.raises(ProblemError, match="no variant 'other'") as caught:
        requested(*variants, "--baseline", "other")
    assert (caught.value.problem.where, "'mine', 'built-in'" in caught.value.problem.hint) == (
        "--baseline",
        True,
    )


def test_that_the_projects_baseline_goes_with_its_variants(project: Path) -> None:
    content = json.loads(project.read_text())
    project.write_text(json.dumps(content | {"comparison": {"baseline": "mine"}}))

    assert requested(str(project)).comparison.baseline == "mine"
    assert requested(str(project), "--variant", "other=nn.ReLU()").comparison.baseline == ""
    assert requested(str(project), "--variant", "mine=nn.GELU()").comparison.baseline == "mine"
