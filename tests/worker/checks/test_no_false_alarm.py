"""No check accuses a layer of ``torch.nn``, advice included."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest
from torch import nn
from torch.nn.utils import parametrize

from engine.worker.catalog import offered_classes, torch_layers
from engine.worker.checks import exceptions
from engine.worker.checks.catalog import CHECKS
from engine.worker.checks.examine import examine
from engine.worker.checks.exceptions import EXCEPTIONS
from tests.worker.checks.all_checks import failed
from tests.worker.checks.specimens import specimen_of

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def collected(one_thread: None) -> Iterator[None]:
    yield
    gc.unfreeze()


def example_of(name: str) -> dict[str, Any]:
    (entry,) = [entry for entry in torch_layers() if entry["name"] == name]
    return entry


@pytest.mark.parametrize("name", sorted(offered_classes()))
def test_that_a_layer_of_torch_passes_every_check(name: str) -> None:
    entry = example_of(name)
    if not entry["example_inputs"]:
        pytest.skip("No inputs are known that it takes.")

    assert failed(specimen_of(entry["example"], entry["example_inputs"])) == {}


# By default a step is a forward alone; these change with gradients: fused paths, statistics, many parameters.
@pytest.mark.parametrize(
    "name",
    [
        "BatchNorm2d",
        "Conv2d",
        "Dropout",
        "Embedding",
        "LSTM",
        "MultiheadAttention",
        "TransformerEncoderLayer",
    ],
)
def test_that_a_step_of_training_accuses_no_layer_of_torch(name: str) -> None:
    entry = example_of(name)
    found = failed(specimen_of(entry["example"], entry["example_inputs"], phase="training"))

    # What an optimizer of another kind saves is a matter of the machine.
    assert found.keys() <= {"optimizer_foreach"}


def test_that_most_layers_of_torch_are_looked_at() -> None:
    assert sum(bool(entry["example_inputs"]) for entry in torch_layers()) > 140


def test_that_exceptions_name_checks_and_layers_that_there_are() -> None:
    names = {check.name for check in CHECKS}
    for excepted in EXCEPTIONS:
        assert excepted.check in names
        for layer in excepted.layers:
            assert layer in offered_classes() or issubclass(getattr(parametrize, layer), nn.Module)


@pytest.mark.parametrize(
    ("check", "layer"),
    # The others need inputs beside the example's.
    [
        ("random_in_eval", "FractionalMaxPool2d"),
        ("wrong_gradient", "MaxUnpool2d"),
        ("empty_batch", "PixelUnshuffle"),
    ],
)
def test_that_an_exception_is_needed(check: str, layer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (made,) = [one for one in CHECKS if one.name == check]
    entry = example_of(layer)
    specimen = specimen_of(entry["example"], entry["example_inputs"])

    assert examine(made, specimen)["status"] == "unavailable"
    monkeypatch.setattr(exceptions, "EXCEPTIONS", ())
    assert examine(made, specimen)["status"] == "fail"
