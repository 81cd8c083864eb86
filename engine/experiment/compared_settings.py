"""The same model under another setting, beside the one it came from."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from engine.experiment.edits import add_variant
from engine.experiment.experiment import Experiment, Variant


def compare_under(experiment: Experiment, variant: int, **settings: Any) -> Experiment:
    """Put a copy of a variant behind it that differs in these fields of `Overrides`, named for them.

    Raises IndexError if there is no such variant.
    """
    source = experiment.variants[variant]
    name = " · ".join((source.name, *(setting_text(field, value) for field, value in settings.items())))
    overrides = replace(source.overrides, **settings)
    return add_variant(experiment, replace(source, name=name, overrides=overrides), variant + 1)


def setting_text(field: str, value: Any) -> str:
    """Return a setting as a part of a variant's name: ``bfloat16``, ``compiled``, ``batch 64``."""
    match field, value:
        case "compile", _:
            return "compiled" if value else "not compiled"
        case "channels_last", _:
            return "channels last" if value else "channels first"
        case ("autocast" | "batch", _):
            return f"{field} {value}"
    return str(value)


def batch_of(experiment: Experiment, variant: Variant) -> int | None:
    """Return a variant's batch: its own, or the first size of the first input that has one; None without."""
    if variant.overrides.batch is not None:
        return variant.overrides.batch
    return next((spec.shape[0] for spec in experiment.inputs if spec.shape), None)
