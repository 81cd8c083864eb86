from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from engine.experiment.project_file import load_experiment
from engine.experiment.run_plan import RunPlan
from engine.experiment.shipped import example_projects
from engine.host.run_request import run_request, shapes_request


@pytest.mark.parametrize("path", example_projects(), ids=lambda path: path.stem)
def test_that_a_loaded_project_reaches_the_worker_with_every_default_written_out(path: Path) -> None:
    experiment = load_experiment(path)
    sent = run_request(experiment, path.parent)
    asked = shapes_request(experiment.variants[0], experiment.inputs, experiment.plan, path.parent)

    for plan in (sent["experiment"]["plan"], asked["plan"]):
        assert plan.keys() == {field.name for field in fields(RunPlan)}
    assert sent["experiment"]["variants"][0].keys() == {"name", "model", "overrides", "weights"}
    assert asked["variant"]["model"][0]["name"]
