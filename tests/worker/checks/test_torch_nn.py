"""No layer of torch.nn is accused of a fault of speed or precision."""

from __future__ import annotations

from typing import Any

import pytest

from engine.worker.catalog import torch_layers
from engine.worker.checks import precision, speed
from engine.worker.checks.specimen import Specimen
from tests.worker.checks.step_specimens import findings
from tests.worker.subjects import request_of, settings_in

pytestmark = pytest.mark.slow

# The compiler takes a second a layer: its check has tests of its own.
CHECKS = tuple(c for c in (*precision.CHECKS, *speed.CHECKS) if c.name != "graph_breaks")
EXAMPLES = [entry for entry in torch_layers() if entry["example"] and entry["example_inputs"]]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("phase", ["forward", "training"])
@pytest.mark.parametrize("entry", EXAMPLES, ids=lambda entry: entry["name"])
def test_that_a_layer_of_torch_is_not_accused(entry: dict[str, Any], phase: str, one_thread: None) -> None:
    request = request_of({"layer": entry["example"]}, (1,), phase=phase)
    nodes = request["experiment"]["variants"][0]["model"]
    specimen = Specimen("mine", nodes, entry["example_inputs"], "", settings_in(request))

    assert findings(CHECKS, specimen) == []
