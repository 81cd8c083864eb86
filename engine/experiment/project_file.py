"""The project file: an experiment as JSON that a person can read and write by hand.

A whole project may be as short as this; all that isn't said has its default::

    {
      "schema": 1,
      "variants": [
        {"name": "custom", "model": ["layers.py:CustomLayer()"]},
        {"name": "built-in", "model": ["nn.Linear(10, 10)", {"layer": "nn.ReLU()", "repeat": 2}]}
      ],
      "inputs": [{"shape": [32, 10]}],
      "plan": {"phase": "backward", "steps": 200}
    }

Keys are the fields of `Experiment` and of what is in it. A node is an object, or, where it is a
layer and nothing else, its text. Paths of Python files are relative to the project file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine.experiment.checks import check_experiment
from engine.experiment.disk import read_json, write_json
from engine.experiment.experiment import Experiment
from engine.experiment.project_schema import from_plain, to_plain


def experiment_to_json(experiment: Experiment) -> dict[str, Any]:
    """Return the experiment as JSON objects, leaving out all that has its default."""
    plain: dict[str, Any] = to_plain(experiment)
    # In this order: what the person is looking for comes first.
    order = ("schema", "notes", "variants", "inputs", "plan", "comparison", "sweep", "files", "interpreter")
    return {"schema": experiment.schema, **{key: plain[key] for key in order if key in plain}}


def experiment_from_json(data: Any, where: str = "") -> Experiment:
    """Return the experiment that JSON objects describe. ``where`` names their source in errors.

    Raises `ProblemError` with the path of what is wrong, such as ``variants[0].model[2].layer``.
    """
    experiment = from_plain(data, where)
    check_experiment(experiment, where)
    return experiment


def load_experiment(path: Path) -> Experiment:
    """Read a project file. Raises `ProblemError` if it can't be read or isn't a valid project."""
    return experiment_from_json(read_json(path), str(path))


def save_experiment(path: Path, experiment: Experiment) -> None:
    """Write a project file in one go. Raises `ProblemError` if it can't be; the old file stays then."""
    write_json(path, experiment_to_json(experiment))
