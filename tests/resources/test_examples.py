from __future__ import annotations

from pathlib import Path

import pytest

from engine.experiment.checks import check_runnable
from engine.experiment.custom_files import files_of
from engine.experiment.disk import read_json
from engine.experiment.naming import qualified_paths, with_names
from engine.experiment.project_file import experiment_to_json, load_experiment, save_experiment
from engine.experiment.shipped import (
    example_projects,
    first_launch_project,
    is_shipped,
)
from tests.resources.layer_files import LAYER_FILES

examples = pytest.mark.parametrize("project", example_projects(), ids=lambda path: path.stem)


@examples
def test_that_an_example_loads_and_can_run(project: Path) -> None:
    experiment = load_experiment(project)
    check_runnable(experiment)
    assert experiment.notes
    assert len(experiment.variants) >= 2
    for variant in experiment.variants:
        assert all(qualified_paths(with_names(variant)).values())


@examples
def test_that_an_example_is_written_as_the_application_writes_it(project: Path, tmp_path: Path) -> None:
    experiment = load_experiment(project)
    assert experiment_to_json(experiment) == read_json(project)
    save_experiment(tmp_path / "copy.json", experiment)
    assert (tmp_path / "copy.json").read_text(encoding="utf-8") == project.read_text(encoding="utf-8")


@examples
def test_that_the_files_of_an_example_are_shipped(project: Path) -> None:
    shipped = set(LAYER_FILES)
    files = {file.resolve() for file in files_of(load_experiment(project), project.parent)}
    assert files
    assert files <= shipped
    assert is_shipped(project)


def test_that_every_shipped_layer_file_has_an_example() -> None:
    used = {
        file.resolve()
        for project in example_projects()
        for file in files_of(load_experiment(project), project.parent)
    }
    assert used == set(LAYER_FILES)


def test_that_the_first_launch_compares_a_custom_layer_with_the_built_in_one() -> None:
    experiment = load_experiment(first_launch_project())
    assert example_projects()[0] == first_launch_project()
    assert [variant.model[0].layer for variant in experiment.variants] == [
        "../layers/custom_linear.py:CustomLayer()",
        "nn.Linear(10, 10)",
    ]
    assert experiment.inputs[0].shape == (32, 10)
    assert experiment.plan.dtype == "float32"


def test_that_a_file_elsewhere_is_not_shipped(tmp_path: Path) -> None:
    assert not is_shipped(tmp_path / "layers.py")
