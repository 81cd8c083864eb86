"""The checks find in the shipped examples what is known to be there, and nothing else."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from engine.experiment.naming import with_names
from engine.experiment.project_file import load_experiment
from engine.experiment.shipped import example_projects
from engine.worker.checks.specimen import Specimen
from engine.worker.run.settings import resolve_settings
from tests.worker.checks.all_checks import failed

pytestmark = pytest.mark.slow

# (project, variant): {check: (layer, parameter or operator, line) of each finding}.
Found = dict[str, set[tuple[str, str, int]]]
KNOWN: dict[tuple[str, str], Found] = {
    ("custom_vs_builtin_linear", "custom"): {
        "uninitialised": {("custom_layer", "weight", 25), ("custom_layer", "bias", 26)}
    },
    ("my_model_vs_builtin", "my model"): {
        "uninitialised": {("my_model.custom_layer", "weight", 25), ("my_model.custom_layer", "bias", 26)}
    },
    ("conv_block", "by hand"): {
        "convolution_by_hand": {
            ("conv_block.conv1", "aten::im2col", 41),
            ("conv_block.conv2", "aten::im2col", 41),
        }
    },
    ("rms_norm", "by hand"): {"normalization_by_hand": {("rms_norm", "aten::mean", 29)}},
    ("transformer_block", "attention by hand"): {
        "attention_by_hand": {("transformer_block.attention", "aten::_softmax", 52)}
    },
    ("small_language_model", "attention by hand"): {
        "attention_by_hand": {(f"blocks.{block}.attention", "aten::_softmax", 52) for block in range(4)}
    },
}
# What a fused optimizer saves is a matter of the machine.
TIMED = {"optimizer_foreach"}


def specimens() -> dict[tuple[str, str], Specimen]:
    return {
        (path.stem, variant.name): specimen_of_variant(path, number)
        for path in example_projects()
        for number, variant in enumerate(load_experiment(path).variants)
    }


def specimen_of_variant(path: Path, number: int) -> Specimen:
    experiment = load_experiment(path)
    variant = msgspec.to_builtins(with_names(experiment.variants[number]))
    plan = {**msgspec.to_builtins(experiment.plan), "device": "cpu"}
    settings = resolve_settings(plan, variant["overrides"])
    inputs = msgspec.to_builtins(experiment.inputs)
    return Specimen(variant["name"], variant["model"], inputs, str(path.parent), settings)


SPECIMENS = specimens()


@pytest.fixture(autouse=True)
def collected(one_thread: None) -> Iterator[None]:
    yield
    gc.unfreeze()


@pytest.mark.parametrize("case", SPECIMENS, ids=": ".join)
def test_that_a_shipped_variant_has_exactly_its_known_findings(case: tuple[str, str]) -> None:
    found = {
        check: {(f["layer"], f["parameter"] or f["op"], f["line"]) for f in findings}
        for check, findings in failed(SPECIMENS[case]).items()
        if check not in TIMED
    }

    assert found == KNOWN.get(case, {})


def test_that_every_known_finding_is_of_an_example_that_ships() -> None:
    assert set(KNOWN) <= set(SPECIMENS)
