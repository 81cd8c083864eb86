"""No check accuses a layer of ``torch.nn``, and each of the shipped layers has exactly its known findings."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from engine.experiment.shipped import RESOURCES
from engine.worker.catalog import offered_classes, torch_layers
from engine.worker.checks.catalog import CHECKS
from engine.worker.checks.examine import examine, forget_what_was_built, try_model
from engine.worker.checks.specimen import Specimen
from tests.worker.checks.specimens import specimen_of
from tests.worker.tree_of_layers import tensor

pytestmark = pytest.mark.slow

LAYERS = RESOURCES / "layers"
# Layers and the checks that rightly find something in their example, with the reason.
KNOWN: dict[tuple[str, str], str] = {}
# What is found in the layers that ship as examples: (layer, input): {check: what its findings name}.
SHIPPED: dict[tuple[str, tuple[int, ...]], dict[str, set[str]]] = {
    ("custom_linear.py:CustomLayer()", (32, 10)): {"uninitialised": {"weight", "bias"}},
    ("custom_linear.py:MyModelWithBuiltIn()", (32, 10)): {},
}


@pytest.fixture(autouse=True)
def few_threads(one_thread: None) -> Iterator[None]:
    yield
    gc.unfreeze()


def failed(specimen: Specimen) -> dict[str, list[dict[str, Any]]]:
    """Make all checks; return the findings of those that fail."""
    found = {}
    for check in CHECKS:
        forget_what_was_built()
        result = examine(check, specimen)
        if result["status"] == "fail":
            found[check.name] = result["findings"]
    return found


@pytest.mark.parametrize("name", sorted(offered_classes()))
def test_that_a_layer_of_torch_passes_every_check(name: str) -> None:
    (entry,) = [entry for entry in torch_layers() if entry["name"] == name]
    if not entry["example_inputs"]:
        pytest.skip("No inputs are known that it takes.")
    specimen = specimen_of(entry["example"], entry["example_inputs"])
    try_model(specimen)

    known = {check for layer, check in KNOWN if layer == name}
    assert {check: findings for check, findings in failed(specimen).items() if check not in known} == {}


def test_that_no_exception_is_made_without_need() -> None:
    for name, check in KNOWN:
        (entry,) = [entry for entry in torch_layers() if entry["name"] == name]
        assert check in failed(specimen_of(entry["example"], entry["example_inputs"])), f"{name}: {check}"


@pytest.mark.parametrize(("text", "shape"), SHIPPED, ids=lambda value: str(value))
def test_that_a_shipped_layer_has_exactly_its_known_findings(text: str, shape: tuple[int, ...]) -> None:
    found = failed(specimen_of(text, (tensor(*shape),), LAYERS))

    named = {
        check: {finding["parameter"] or finding["op"] or finding["layer"] for finding in findings}
        for check, findings in found.items()
    }
    assert named == SHIPPED[text, shape]
