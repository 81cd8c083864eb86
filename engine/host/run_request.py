"""Experiments in the form that a worker takes them: plain JSON, every default written out.

The dataclasses must have slots: of one without, decoded from JSON, `msgspec.to_builtins` leaves
out the fields that kept their defaults.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.naming import with_names
from engine.experiment.run_plan import RunPlan


def run_request(experiment: Experiment, base_directory: Path) -> dict[str, Any]:
    """Return the fields of a ``run`` request. Every node must have its name."""
    return {"experiment": msgspec.to_builtins(experiment), "base_directory": str(base_directory.absolute())}


def check_request(
    experiment: Experiment, variant: int, base_directory: Path, only: Sequence[str], skip: Sequence[str]
) -> dict[str, Any]:
    """Return the fields of a ``check`` request. ``only``, ``skip``: names of checks, or of groups."""
    return {
        **run_request(experiment, base_directory),
        "variant": variant,
        "only": list(only),
        "skip": list(skip),
    }


def shapes_request(
    variant: Variant, inputs: Sequence[InputSpec], plan: RunPlan, base_directory: Path
) -> dict[str, Any]:
    """Return the arguments of a ``shapes`` request."""
    return {
        "variant": msgspec.to_builtins(with_names(variant)),
        "inputs": msgspec.to_builtins(tuple(inputs)),
        "plan": msgspec.to_builtins(plan),
        "base_directory": str(base_directory.absolute()),
    }
